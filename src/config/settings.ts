import {
  defaultLeaseSettings,
  type EnvironmentSettings,
  type GivenSettings,
  type LeaseSettings,
  wholeMs,
} from '../model/index.js';

/** What holds where nobody says otherwise. */
export const defaultSettings: EnvironmentSettings = {
  runtime: 'auto',
  ports: 'dynamic',
  keepWarmMs: 0,
  startTimeoutMs: 120_000,
  leases: defaultLeaseSettings,
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

/**
 * Settles each setting: flags win over variables, these over the configuration file, that over the Compose file, that over the
 * defaults. Durations are whole milliseconds then, rounded up.
 */
export function resolveSettings({ flags, variables, config, compose }: SettingsSources): EnvironmentSettings {
  const layers = [defaultSettings, compose, config, variables, flags];
  const leases = layers.reduce((below, layer) => withLeases(below, layer?.leases), defaultLeaseSettings);
  const settled = { ...defaultSettings, ...compose, ...config, ...variables, ...flags };
  return {
    ...settled,
    keepWarmMs: wholeMs(settled.keepWarmMs),
    startTimeoutMs: wholeMs(settled.startTimeoutMs),
    leases: { ...leases, queueTimeoutMs: wholeMs(leases.queueTimeoutMs) },
  };
}

/** Of the pool's two bounds the one that is said last moves the other one. */
function withLeases(below: LeaseSettings, given: Partial<LeaseSettings> = {}): LeaseSettings {
  const { poolMin = below.poolMin, poolMax = Math.max(poolMin, below.poolMax) } = given;
  return { ...below, ...given, poolMin: Math.min(poolMin, poolMax), poolMax };
}
