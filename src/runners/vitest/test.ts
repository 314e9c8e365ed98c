import { randomUUID } from 'node:crypto';
import { test as base, expect, inject, type TestAPI } from 'vitest';
import type { LeaseScope, ServiceName } from '../../model/index.js';
import type { ServiceMap } from '../shared/fixture-types.js';
import { invitationFrom } from '../shared/invitation-variables.js';
import type { Invitation } from '../shared/joined-environment.js';
import { environmentOf, openScope, type ScopeRequest } from '../shared/open-scope.js';
import type { TestEnvironment } from '../shared/test-environment.js';
import type { PortsideFixtures, TestFixtures, TestOptions } from '../shared/test-options.js';

/**
 * Makes a `test` of Vitest with the fixtures `env`, `postgres`, `redis` and `api`, and with further ones for services by name. Each
 * is leased when a test first names it; it ends with its scope.
 */
export function createTest<const Services extends ServiceMap = Record<never, never>>(
  options: TestOptions<Services> = {},
): TestAPI<TestFixtures<Services>> {
  const { services = {}, isolation, scope = configuredScope() } = options;
  // Vitest makes a fixture once per file or per test; what lasts longer is kept by the process.
  const vitestScope = scope === 'test' ? 'test' : 'file';
  const perTest = scope === 'test';
  const named = Object.entries(services as ServiceMap).map(([name, service]: [string, ServiceName]) => [
    name,
    [({ env }: PortsideFixtures, use: Use) => env.service(service).then(use), { scope: vitestScope }],
  ]);
  return base.extend<PortsideFixtures>({
    env: [
      // biome-ignore lint/correctness/noEmptyPattern: Vitest reads a fixture's needs from this pattern.
      async ({}, use) => {
        const test = perTest ? randomUUID() : undefined;
        const opened = await openScope({ ...here(), scope: options.scope, test, isolation });
        await use(opened.environment);
        await opened.close();
      },
      { scope: vitestScope },
    ],
    postgres: [async ({ env }, use) => use(await env.postgres()), { scope: vitestScope }],
    redis: [async ({ env }, use) => use(await env.redis()), { scope: vitestScope }],
    api: [async ({ env }, use) => use(await env.api()), { scope: vitestScope }],
    ...Object.fromEntries(named),
  }) as unknown as TestAPI<TestFixtures<Services>>;
}

type Use = (fixture: unknown) => Promise<void>;

/** Vitest's `test` with the fixtures `env`, `postgres`, `redis` and `api`; what they lease and open ends with the file. */
export const test: TestAPI<PortsideFixtures> = createTest();

/**
 * Gives the environment outside of tests, for example in `beforeAll`: with the same slices as the fixtures of the file.
 * Errors: `NO_ENVIRONMENT`, `ENVIRONMENT_STOPPED`.
 */
export function getEnvironment(): Promise<TestEnvironment> {
  return environmentOf(here());
}

function here(): Pick<ScopeRequest, 'invitation' | 'runner' | 'file'> {
  return { invitation: invited(), runner: 'vitest', file: expect.getState().testPath };
}

function invited(): Invitation | undefined {
  return inject('portside') ?? invitationFrom(process.env);
}

function configuredScope(): LeaseScope | undefined {
  return invited()?.scope;
}
