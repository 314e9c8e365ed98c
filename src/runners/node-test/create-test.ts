import { randomUUID } from 'node:crypto';
import { test as nodeTest, type TestContext } from 'node:test';
import type { FixturesOf, ServiceMap } from '../shared/fixture-types.js';
import { openScope } from '../shared/open-scope.js';
import type { TestEnvironment } from '../shared/test-environment.js';
import type { TestOptions } from '../shared/test-options.js';
import { invite, testFile } from './environment.js';
import { namedFixtures } from './named-fixtures.js';

/** What a test of `createTest` is given: the environment, and a fixture for each service that was named. */
export type NodeTestFixtures<Services extends ServiceMap> = { readonly env: TestEnvironment } & FixturesOf<Services>;

/** A test with fixtures. */
export type NodeTestFunction<Services extends ServiceMap> = (
  fixtures: NodeTestFixtures<Services>,
  context: TestContext,
) => unknown;

/** Options of Node's own tests. */
export interface NodeTestOptions {
  readonly concurrency?: number | boolean;
  readonly only?: boolean;
  readonly signal?: AbortSignal;
  readonly skip?: boolean | string;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly todo?: boolean | string;
}

/** Declares a test, as `test` of `node:test` does. */
export interface DeclareNodeTest<Services extends ServiceMap> {
  (name: string, run: NodeTestFunction<Services>): Promise<void>;
  (name: string, options: NodeTestOptions, run: NodeTestFunction<Services>): Promise<void>;
}

/** `test` of `node:test` whose tests are given fixtures. */
export interface NodeTest<Services extends ServiceMap> extends DeclareNodeTest<Services> {
  readonly only: DeclareNodeTest<Services>;
  readonly skip: DeclareNodeTest<Services>;
  readonly todo: DeclareNodeTest<Services>;
}

/**
 * Makes a `test` of `node:test` whose tests get the environment and the named services:
 * `const test = createTest({ services: { db: 'postgres-primary' } })`, then `test('...', async ({ db }, t) => { ... })`.
 */
export function createTest<const Services extends ServiceMap = Record<never, never>>(
  options: TestOptions<Services> = {},
): NodeTest<Services> {
  const { scope, isolation, services = {} as Services } = options;
  const withFixtures = (run: NodeTestFunction<Services>) => async (context: TestContext) => {
    const place = { invitation: await invite(), runner: 'node-test' as const, file: testFile(), test: randomUUID() };
    const opened = await openScope({ ...place, scope, isolation });
    try {
      await run({ env: opened.environment, ...(await namedFixtures(opened.environment, services)) }, context);
    } finally {
      if (opened.perTest) await opened.close();
    }
  };
  const declare =
    (
      declared: (name: string, options: NodeTestOptions, run: (context: TestContext) => Promise<void>) => Promise<void>,
    ) =>
    (name: string, first: NodeTestOptions | NodeTestFunction<Services>, second?: NodeTestFunction<Services>) => {
      const [given, run] = typeof first === 'function' ? [{}, first] : [first, second as NodeTestFunction<Services>];
      return declared(name, given, withFixtures(run));
    };
  return Object.assign(declare(nodeTest), {
    only: declare(nodeTest.only),
    skip: declare(nodeTest.skip),
    todo: declare(nodeTest.todo),
  });
}
