import { randomUUID } from 'node:crypto';
import { invitationFrom } from '../shared/invitation-variables.js';
import { closeScopes, environmentOf } from '../shared/open-scope.js';
import type { SetupOptions, StartedEnvironment } from '../shared/start-environment.js';
import type { TestEnvironment } from '../shared/test-environment.js';
import { followFiles, type MochaSuite } from './files.js';

export type { ApiFixture } from '../shared/api-fixture.js';
export type { PostgresFixture, QueryResult } from '../shared/postgres-fixture.js';
export type { RedisFixture } from '../shared/redis-fixture.js';
export type { SetupOptions } from '../shared/start-environment.js';
export type { TestEnvironment } from '../shared/test-environment.js';

let started: StartedEnvironment | undefined;
let file: string | undefined;
let test: string | undefined;

/** Makes a `mochaGlobalSetup` function with options, for a file of the project's own that `require` names. */
export function createSetup(options: SetupOptions = {}): () => Promise<void> {
  return async () => {
    // The agent's client is loaded here, so that the processes that run tests in parallel do not load it.
    const { startEnvironment } = await import('../shared/start-environment.js');
    started ??= await startEnvironment(process.cwd(), 'mocha', options);
  };
}

/** Mocha's global setup: starts or joins the environment of the working folder and sets its addresses as variables. */
export const mochaGlobalSetup: () => Promise<void> = createSetup();

/** Mocha's global teardown: ends the session, and with the last one the environment. */
export async function mochaGlobalTeardown(): Promise<void> {
  const environment = started;
  started = undefined;
  await environment?.close();
}

/** Mocha's root hooks: they end what a file has leased with the file, and what a test has with the test. */
export const mochaHooks: MochaRootHooks = {
  beforeAll() {
    followFiles(this.test.parent, {
      onBegin: (begun) => {
        file = begun;
      },
      onEnd: closeScopes,
    });
  },
  beforeEach() {
    file = this.currentTest.file;
    test = randomUUID();
  },
  async afterEach() {
    test = undefined;
    await closeScopes(file, 'test');
  },
  afterAll: () => closeScopes(),
};

/** The root hooks that this has; `this` is Mocha's. */
export interface MochaRootHooks {
  beforeAll(this: { readonly test: { readonly parent: MochaSuite } }): void;
  beforeEach(this: { readonly currentTest: { readonly file?: string } }): void;
  afterEach(): Promise<void>;
  afterAll(): Promise<void>;
}

/** Gives the environment, with the slices of the test file. Errors: `NO_ENVIRONMENT`, `ENVIRONMENT_STOPPED`. */
export function getEnvironment(): Promise<TestEnvironment> {
  return environmentOf({ invitation: invitationFrom(process.env), runner: 'mocha', file, test });
}
