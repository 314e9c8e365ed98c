import bridge from './bridge.cjs';

export type { ApiFixture } from '../shared/api-fixture.js';
export type { PostgresFixture, QueryResult } from '../shared/postgres-fixture.js';
export type { RedisFixture } from '../shared/redis-fixture.js';
export type { SetupOptions } from '../shared/start-environment.js';
export type { TestEnvironment } from '../shared/test-environment.js';
export type { JestGlobalConfig, JestSetup } from './native.js';

export const { createSetup, getEnvironment, globalSetup, globalTeardown } = bridge;
