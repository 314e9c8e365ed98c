import type { SetupOptions } from '../shared/start-environment.js';
import type { TestEnvironment } from '../shared/test-environment.js';
import bridge from './bridge.cjs';
import type { JestGlobalConfig, JestSetup } from './native.js';

export type { ApiFixture } from '../shared/api-fixture.js';
export type { PostgresFixture, QueryResult } from '../shared/postgres-fixture.js';
export type { RedisFixture } from '../shared/redis-fixture.js';
export type { SetupOptions } from '../shared/start-environment.js';
export type { TestEnvironment } from '../shared/test-environment.js';
export type { JestGlobalConfig, JestSetup } from './native.js';

/** Makes a `globalSetup` function that starts or joins the environment, for a setup file of the project's own. */
export const createSetup: (options?: SetupOptions) => JestSetup = bridge.createSetup;

/**
 * Gives the environment that the setup started, with the slices of this test file. Clients opened through it close with the
 * file and do not keep the process alive. Errors: `NO_ENVIRONMENT`, `ENVIRONMENT_STOPPED`.
 */
export const getEnvironment: () => Promise<TestEnvironment> = bridge.getEnvironment;

/** Jest's `globalSetup`: starts or joins the environment of the project's folder and sets its addresses as variables. */
export const globalSetup: JestSetup = bridge.globalSetup;

/** Jest's `globalTeardown`: ends the session, and with the last one the environment; in watch mode when Jest ends. */
export const globalTeardown: (globalConfig?: JestGlobalConfig) => Promise<void> = bridge.globalTeardown;
