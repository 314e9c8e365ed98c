import { defaultLeaseSettings, type EnvironmentSettings } from '../model/index.js';

/** What holds where nobody says otherwise. */
export const defaultSettings: EnvironmentSettings = {
  runtime: 'auto',
  ports: 'dynamic',
  keepWarmMs: 0,
  startTimeoutMs: 120_000,
  leases: defaultLeaseSettings,
};

/** Settings of one place; of the nested ones each counts by itself. */
export type GivenSettings = Partial<Omit<EnvironmentSettings, 'leases'>> & {
  readonly leases?: Partial<EnvironmentSettings['leases']>;
};

/** The places that settings come from. */
export interface SettingsSources {
  readonly flags?: GivenSettings;
  /** `PORTSIDE_*` variables. */
  readonly variables?: GivenSettings;
  readonly config?: GivenSettings;
  /** `x-portside` at the top level of the Compose file. */
  readonly compose?: GivenSettings;
}

/** Settles each setting: flags win over variables, these over the configuration file, that over the Compose file, that over the defaults. */
export function resolveSettings({ flags, variables, config, compose }: SettingsSources): EnvironmentSettings {
  const layers = [defaultSettings, compose, config, variables, flags];
  const leases = Object.assign({}, ...layers.map((layer) => layer?.leases));
  return { ...defaultSettings, ...compose, ...config, ...variables, ...flags, leases };
}
