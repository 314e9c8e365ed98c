import type { Isolation, LeaseScope, ServiceName } from '../../model/index.js';
import type { ApiFixture } from './api-fixture.js';
import type { FixturesOf, ServiceMap } from './fixture-types.js';
import type { PostgresFixture } from './postgres-fixture.js';
import type { RedisFixture } from './redis-fixture.js';
import type { TestEnvironment } from './test-environment.js';

/** What a test function of the project's own is made with; everything is optional. */
export interface TestOptions<Services extends ServiceMap = ServiceMap> {
  /** How long the slices of a test last. Default: the environment's `leases.scope`, which is `file`. */
  readonly scope?: LeaseScope;
  /** Further fixtures, each with the service that it stands for: `{ db: 'postgres-primary' }`. */
  readonly services?: Services;
  /** How services are isolated, where not as their definition says: `{ 'postgres-primary': 'server' }`. */
  readonly isolation?: Readonly<Partial<Record<ServiceName, Isolation>>>;
}

/** The fixtures that every test function has; each is made when a test first names it. */
export interface PortsideFixtures {
  /** The environment: discover, watch, logs, lease, fork. */
  env: TestEnvironment;
  /** A slice of the only Postgres service, or of the one named `postgres`. */
  postgres: PostgresFixture;
  /** A slice of the only Redis service, or of the one named `redis`. */
  redis: RedisFixture;
  /** A copy of the only HTTP service, or of the one named `api`. */
  api: ApiFixture;
}

/** All fixtures of a test function: those that each one has, and those of its own. */
export type TestFixtures<Services extends ServiceMap> = PortsideFixtures & FixturesOf<Services>;
