import {
  test as base,
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestType,
} from '@playwright/test';
import type { ServiceName } from '../../model/index.js';
import type { ServiceMap } from '../shared/fixture-types.js';
import { invitationFrom } from '../shared/invitation-variables.js';
import { closeScopes, openScope } from '../shared/open-scope.js';
import type { PortsideFixtures, TestFixtures, TestOptions } from '../shared/test-options.js';

/** Playwright's `test` with fixtures beside its own. */
export type PlaywrightTest<Fixtures> = TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & Fixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions
>;

type Use = (fixture: unknown) => Promise<void>;

/**
 * Makes a `test` of Playwright Test with the fixtures `env`, `postgres`, `redis` and `api`, and with further ones for services by name.
 * Each is leased when a test first names it, and lasts as long as its scope, whatever test names it: with `file` until the worker
 * begins with another file.
 */
export function createTest<const Services extends ServiceMap = Record<never, never>>(
  options: TestOptions<Services> = {},
): PlaywrightTest<TestFixtures<Services>> {
  const { scope, isolation, services = {} } = options;
  const named = Object.entries(services as ServiceMap).map(([name, service]: [string, ServiceName]) => [
    name,
    ({ env }: PortsideFixtures, use: Use) => env.service(service).then(use),
  ]);
  return base.extend<PortsideFixtures, { portsideWorker: undefined }>({
    portsideWorker: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
      async ({}, use) => {
        await use(undefined);
        await closeScopes();
      },
      { scope: 'worker', auto: true },
    ],
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
    env: async ({}, use, { file, testId, retry }) => {
      const place = { invitation: invitationFrom(process.env), runner: 'playwright' as const, file };
      const opened = await openScope({ ...place, test: `${testId} ${retry}`, scope, isolation });
      await use(opened.environment);
      if (opened.perTest) await opened.close();
    },
    postgres: async ({ env }, use) => use(await env.postgres()),
    redis: async ({ env }, use) => use(await env.redis()),
    api: async ({ env }, use) => use(await env.api()),
    ...Object.fromEntries(named),
  }) as unknown as PlaywrightTest<TestFixtures<Services>>;
}

/** Playwright's `test` with the fixtures `env`, `postgres`, `redis` and `api`. */
export const test: PlaywrightTest<PortsideFixtures> = createTest();
