import type { EnvironmentSettings } from '../model/index.js';

/** What holds where nobody says otherwise. */
export const defaultSettings: EnvironmentSettings = {
  runtime: 'auto',
  ports: 'dynamic',
  keepWarmMs: 0,
  startTimeoutMs: 120_000,
};

/** The places that settings come from. */
export interface SettingsSources {
  readonly flags?: Partial<EnvironmentSettings>;
  /** `PORTSIDE_*` variables. */
  readonly variables?: Partial<EnvironmentSettings>;
  readonly config?: Partial<EnvironmentSettings>;
  /** `x-portside` at the top level of the Compose file. */
  readonly compose?: Partial<EnvironmentSettings>;
}

/** Settles each setting: flags win over variables, these over the configuration file, that over the Compose file, that over the defaults. */
export function resolveSettings({ flags, variables, config, compose }: SettingsSources): EnvironmentSettings {
  return { ...defaultSettings, ...compose, ...config, ...variables, ...flags };
}
