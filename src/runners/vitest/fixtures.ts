import type { ApiFixture } from '../shared/api-fixture.js';
import type { PostgresFixture } from '../shared/postgres-fixture.js';
import type { RedisFixture } from '../shared/redis-fixture.js';
import type { TestEnvironment } from '../shared/test-environment.js';

/** The fixtures that `test` of `portside/vitest` has; each is made when a test of the file first names it. */
export interface PortsideFixtures {
  /** The environment: discover, watch, logs. */
  env: TestEnvironment;
  /** The only Postgres service, or the one named `postgres`. */
  postgres: PostgresFixture;
  /** The only Redis service, or the one named `redis`. */
  redis: RedisFixture;
  /** The only HTTP service, or the one named `api`. */
  api: ApiFixture;
}
