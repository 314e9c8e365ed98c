import { type GivenSettings, PortsideError, parseDuration } from '../model/index.js';

/** Settings that the host's environment variables give, besides those of the environment itself. */
export interface VariableSettings {
  readonly settings: GivenSettings;
  /** Where environments live: in an agent, or inside the process. */
  readonly host?: 'agent' | 'inline';
  /** How much the agent writes to its log. */
  readonly logLevel?: LogLevel;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** The levels of the agent's log, most talkative first. */
export type LogLevel = (typeof logLevels)[number];

/**
 * Reads `PORTSIDE_RUNTIME`, `PORTSIDE_PORTS`, `PORTSIDE_KEEP_WARM`, `PORTSIDE_START_TIMEOUT`, `PORTSIDE_LEASE_SCOPE`,
 * `PORTSIDE_LEASE_POOL_MIN`, `PORTSIDE_LEASE_POOL_MAX`, `PORTSIDE_LEASE_MAX_ACTIVE`, `PORTSIDE_LEASE_QUEUE_TIMEOUT`,
 * `PORTSIDE_HOST` and `PORTSIDE_LOG_LEVEL`. Errors: `CONFIG_INVALID`.
 */
export function settingsFromEnvironment(environment: Readonly<Record<string, string | undefined>>): VariableSettings {
  const choice = <Value extends string>(name: string, values: readonly Value[]): Value | undefined => {
    const value = environment[name];
    if (value === undefined || value === '') return undefined;
    if (values.includes(value as Value)) return value as Value;
    throw invalid(name, value, `one of ${values.join(', ')}`);
  };
  const duration = (name: string): number | undefined => {
    const value = environment[name];
    if (value === undefined || value === '') return undefined;
    const ms = /^[0-9]+$/.test(value) ? Number(value) : parseDuration(value);
    if (ms !== undefined) return ms;
    throw invalid(name, value, 'a duration such as 30s, 5m or 1m30s, or milliseconds');
  };
  const count = (name: string, least: number): number | undefined => {
    const value = environment[name];
    if (value === undefined || value === '') return undefined;
    if (/^[0-9]+$/.test(value) && Number(value) >= least) return Number(value);
    throw invalid(name, value, `a whole number, at least ${least}`);
  };
  const runtime = choice('PORTSIDE_RUNTIME', ['auto', 'docker', 'embedded']);
  const ports = choice('PORTSIDE_PORTS', ['dynamic', 'prefer']);
  const keepWarmMs = duration('PORTSIDE_KEEP_WARM');
  const startTimeoutMs = duration('PORTSIDE_START_TIMEOUT');
  const snapshots = choice('PORTSIDE_SNAPSHOTS', ['on', 'off']);
  const megabytes = count('PORTSIDE_SNAPSHOT_MB', 0);
  const leases = defined({
    scope: choice('PORTSIDE_LEASE_SCOPE', ['run', 'worker', 'file', 'test']),
    poolMin: count('PORTSIDE_LEASE_POOL_MIN', 0),
    poolMax: count('PORTSIDE_LEASE_POOL_MAX', 0),
    maxActive: count('PORTSIDE_LEASE_MAX_ACTIVE', 1),
    queueTimeoutMs: duration('PORTSIDE_LEASE_QUEUE_TIMEOUT'),
  });
  const host = choice('PORTSIDE_HOST', ['agent', 'inline']);
  const logLevel = choice('PORTSIDE_LOG_LEVEL', logLevels);
  return {
    settings: {
      ...defined({
        runtime,
        ports,
        keepWarmMs,
        startTimeoutMs,
        snapshots: snapshots === undefined ? undefined : snapshots === 'on',
        snapshotBytes: megabytes === undefined ? undefined : megabytes * 1024 * 1024,
      }),
      ...(leases === undefined ? {} : { leases }),
    },
    ...(host === undefined ? {} : { host }),
    ...(logLevel === undefined ? {} : { logLevel }),
  };
}

/** Drops what is not said; `undefined` when nothing is. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as never);
}

function invalid(name: string, value: string, wanted: string): PortsideError {
  return new PortsideError(
    'CONFIG_INVALID',
    `Cannot use the environment variable ${name}: it must be ${wanted}. Current value is '${value}'.`,
    {
      hint: `Set ${name} to ${wanted}, or unset it.`,
    },
  );
}
