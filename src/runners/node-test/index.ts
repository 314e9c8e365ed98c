export type { ApiFixture } from '../shared/api-fixture.js';
export type { PostgresFixture, QueryResult } from '../shared/postgres-fixture.js';
export type { RedisFixture } from '../shared/redis-fixture.js';
export type { SetupOptions } from '../shared/start-environment.js';
export type { TestEnvironment } from '../shared/test-environment.js';
export type { TestOptions } from '../shared/test-options.js';
export {
  createTest,
  type DeclareNodeTest,
  type NodeTest,
  type NodeTestFixtures,
  type NodeTestFunction,
  type NodeTestOptions,
} from './create-test.js';
export { getEnvironment } from './environment.js';
