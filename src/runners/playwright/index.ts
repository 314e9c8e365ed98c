export { defineConfig, devices, expect, mergeExpects, mergeTests, request } from '@playwright/test';
export type { ApiFixture } from '../shared/api-fixture.js';
export type { PostgresFixture, QueryResult } from '../shared/postgres-fixture.js';
export type { RedisFixture } from '../shared/redis-fixture.js';
export type { TestEnvironment } from '../shared/test-environment.js';
export type { PortsideFixtures, TestOptions } from '../shared/test-options.js';
export { createTest, type PlaywrightTest, test } from './test.js';
