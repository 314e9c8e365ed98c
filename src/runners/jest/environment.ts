import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PortsideError } from '../../model/index.js';
import { invitationFrom } from '../shared/invitation-variables.js';
import { closeScopes } from '../shared/open-scope.js';
import { setVariables } from '../shared/process-variables.js';
import { environmentOfTest } from './native.js';

/** What this uses of Jest's configuration of a test environment. */
export interface JestEnvironmentConfig {
  readonly projectConfig: {
    readonly rootDir: string;
    readonly testEnvironmentOptions: Readonly<Record<string, unknown>>;
  };
}

/** What Jest says of the test file. */
export interface JestEnvironmentContext {
  readonly testPath: string;
}

/** What this uses of a Jest test environment. */
export interface JestEnvironment {
  readonly global: { readonly process: { readonly env: Record<string, string | undefined> } };
  setup(): Promise<void>;
  teardown(): Promise<void>;
  handleTestEvent?: (event: { readonly name: string }) => void | Promise<void>;
}

type EnvironmentClass = new (config: JestEnvironmentConfig, context: JestEnvironmentContext) => JestEnvironment;

/**
 * Jest's Node environment that ends the leases and clients of a test file with the file, those of scope `test` with the test. With
 * `testEnvironmentOptions: { variables: 'leased' }` the file's environment variables lead to its own slices.
 */
export default class PortsideJestEnvironment {
  // Jest uses what the constructor gives: an object of the class that the project's own Jest has.
  constructor(config: JestEnvironmentConfig, context: JestEnvironmentContext) {
    const { rootDir, testEnvironmentOptions } = config.projectConfig;
    const { testPath } = context;
    const NodeEnvironment = loadNodeEnvironment(rootDir);
    const PerFile = class extends NodeEnvironment {
      override async setup(): Promise<void> {
        await super.setup();
        if (testEnvironmentOptions['variables'] !== 'leased') return;
        const environment = await environmentOfTest(testPath, undefined);
        setVariables(this.global.process.env, await environment.leasedVariables());
      }

      override async teardown(): Promise<void> {
        await closeScopes(testPath);
        await super.teardown();
      }
    };
    const environment = new PerFile(config, context);
    environment.handleTestEvent = async ({ name }) => {
      if (name === 'test_done' && invitationFrom(process.env)?.scope === 'test') await closeScopes(testPath, 'test');
    };
    // biome-ignore lint/correctness/noConstructorReturn: which class it extends is known only now.
    return environment as never;
  }
}

/** Finds the environment that Jest itself comes with, also where packages see only what they name. */
function loadNodeEnvironment(rootDir: string): EnvironmentClass {
  const name = 'jest-environment-node';
  const from = createRequire(join(rootDir, 'package.json'));
  const through = ['jest', 'jest-cli', 'jest-config'];
  let place: NodeJS.Require = from;
  for (const next of ['', ...through]) {
    try {
      if (next !== '') place = createRequire(place.resolve(next));
      const loaded = place(name) as { readonly TestEnvironment: EnvironmentClass };
      return loaded.TestEnvironment;
    } catch {
      // Not from here.
    }
  }
  throw new PortsideError(
    'CLIENT_MISSING',
    `Cannot make Jest's test environment: ${name} is not installed in ${rootDir}.`,
    {
      hint: `npm i -D ${name}`,
    },
  );
}
