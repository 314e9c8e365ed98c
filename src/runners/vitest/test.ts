import { test as base, inject, type TestAPI } from 'vitest';
import { explained } from '../shared/explain.js';
import { invitationFrom, joinEnvironment, packageFolders } from '../shared/joined-environment.js';
import { type OwnedTestEnvironment, type TestEnvironment, testEnvironment } from '../shared/test-environment.js';
import type { PortsideFixtures } from './fixtures.js';

/** Vitest's `test` with the fixtures `env`, `postgres`, `redis` and `api`; what they opened is closed at the end of the file. */
export const test: TestAPI<PortsideFixtures> = base.extend<PortsideFixtures>({
  env: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest reads a fixture's needs from this pattern.
    async ({}, use) => {
      const joined = await join();
      await use(joined.environment);
      await joined.close();
    },
    { scope: 'file' },
  ],
  postgres: [async ({ env }, use) => use(await env.postgres()), { scope: 'file' }],
  redis: [async ({ env }, use) => use(await env.redis()), { scope: 'file' }],
  api: [async ({ env }, use) => use(await env.api()), { scope: 'file' }],
});

/**
 * Gives the environment outside of tests, for example in `beforeAll`; clients opened through it close with the process.
 * Errors: `NO_ENVIRONMENT`, `ENVIRONMENT_STOPPED`.
 */
export async function getEnvironment(): Promise<TestEnvironment> {
  const { environment } = await join();
  return environment;
}

async function join(): Promise<OwnedTestEnvironment> {
  const invitation = inject('portside') ?? invitationFrom(process.env);
  return testEnvironment(await explained(joinEnvironment(invitation, 'vitest')), packageFolders(invitation));
}
