export type {
  Assertion,
  AsymmetricMatchersContaining,
  ExpectStatic,
  Mock,
  Mocked,
  MockedClass,
  MockedFunction,
  MockedObject,
  MockInstance,
  ProvidedContext,
  SuiteAPI,
  TestAPI,
  TestContext,
} from 'vitest';
export {
  afterAll,
  afterEach,
  assert,
  assertType,
  beforeAll,
  beforeEach,
  chai,
  createExpect,
  describe,
  expect,
  expectTypeOf,
  inject,
  onTestFailed,
  onTestFinished,
  should,
  suite,
  vi,
  vitest,
} from 'vitest';
export type { ApiFixture } from '../shared/api-fixture.js';
export type { PostgresFixture, QueryResult } from '../shared/postgres-fixture.js';
export type { RedisFixture } from '../shared/redis-fixture.js';
export type { TestEnvironment } from '../shared/test-environment.js';

export type { PortsideFixtures, TestOptions } from '../shared/test-options.js';
export { createTest, getEnvironment, test, test as it } from './test.js';
