export { broadcastSecret } from './broadcast-secret.js';
export { api, compose, postgres, redis, service, testcontainer } from './builders.js';
export { type ConfigListener, ConfigManager, type ConfigManagerOptions } from './config-manager.js';
export { defineEnvironment, type EnvironmentSpec, type LeasesSpec, type SettingsSpec } from './define.js';
export { defineKind, type Kind } from './define-kind.js';
export { type ConfigLocation, type LoadedConfig, loadConfig } from './load-config.js';
export { type ManageConfigOptions, manageConfig } from './manage-config.js';
export { readSection, type SectionSettings, type SectionSpecs } from './sections/index.js';
export { defaultSettings, resolveSettings, type SettingsSources } from './settings.js';
export { shardName } from './shard.js';
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
export { stateFolder } from './state-folder.js';
export { settingsFromEnvironment, type VariableSettings } from './variables.js';
