// What a configuration file is written with, without what reads one.
export { api, compose, postgres, redis, service, testcontainer } from './builders.js';
export { defineEnvironment, type EnvironmentSpec, type SettingsSpec } from './define.js';
export { defineKind, type Kind } from './define-kind.js';
export type {
  ApiOptions,
  CommonOptions,
  ComposeReference,
  KindOptions,
  NeededEndpoint,
  PostgresOptions,
  RedisOptions,
  ServiceOptions,
  ServiceSpec,
  TestcontainerOptions,
} from './specs.js';
