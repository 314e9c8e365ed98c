import { type GivenSettings, type LeaseSettings, nearest, parseDuration } from '../../model/index.js';
import type { Path } from '../problems.js';
import type { ComposeModel } from '../project/model.js';
import type { Report } from './report.js';

type Read<Settings> = (value: unknown) => Partial<Settings> | undefined;

interface Reader<Settings> {
  readonly wants: string;
  readonly read: Read<Settings>;
}

type Readers<Settings> = Readonly<Record<string, Reader<Settings>>>;

const duration = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value >= 0 ? value : undefined;
  return typeof value === 'string' ? parseDuration(value) : undefined;
};

const keepWarm: Read<GivenSettings> = (value) => {
  const keepWarmMs = duration(value);
  return keepWarmMs === undefined ? undefined : { keepWarmMs };
};

const startTimeout: Read<GivenSettings> = (value) => {
  const startTimeoutMs = duration(value);
  return startTimeoutMs === undefined ? undefined : { startTimeoutMs };
};

const count =
  (name: 'poolMin' | 'poolMax' | 'maxActive', least: number): Read<LeaseSettings> =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least ? { [name]: value } : undefined;

const queueTimeout: Read<LeaseSettings> = (value) => {
  const queueTimeoutMs = duration(value);
  return queueTimeoutMs === undefined ? undefined : { queueTimeoutMs };
};

const poolReaders: Readers<LeaseSettings> = {
  min: { wants: 'a whole number, at least 0', read: count('poolMin', 0) },
  max: { wants: 'a whole number, at least 0', read: count('poolMax', 0) },
};

const leaseReaders: Readers<LeaseSettings> = {
  scope: {
    wants: 'run, worker, file or test',
    read: (value) =>
      value === 'run' || value === 'worker' || value === 'file' || value === 'test' ? { scope: value } : undefined,
  },
  maxActive: { wants: 'a whole number, at least 1', read: count('maxActive', 1) },
  max_active: { wants: 'a whole number, at least 1', read: count('maxActive', 1) },
  queueTimeout: { wants: 'a duration such as 1m, or milliseconds', read: queueTimeout },
  queue_timeout: { wants: 'a duration such as 1m, or milliseconds', read: queueTimeout },
};

const readers: Readers<GivenSettings> = {
  runtime: {
    wants: 'auto, docker or embedded',
    read: (value) => (value === 'auto' || value === 'docker' || value === 'embedded' ? { runtime: value } : undefined),
  },
  ports: {
    wants: 'dynamic or prefer',
    read: (value) => (value === 'dynamic' || value === 'prefer' ? { ports: value } : undefined),
  },
  keepWarm: { wants: 'a duration such as 5m, or milliseconds', read: keepWarm },
  keep_warm: { wants: 'a duration such as 5m, or milliseconds', read: keepWarm },
  snapshots: {
    wants: 'true or false',
    read: (value) => (typeof value === 'boolean' ? { snapshots: value } : undefined),
  },
  startTimeout: { wants: 'a duration such as 2m, or milliseconds', read: startTimeout },
  start_timeout: { wants: 'a duration such as 2m, or milliseconds', read: startTimeout },
};

/** Reads the settings of the top-level `x-portside`. */
export function settingsOf(model: ComposeModel, report: Report): GivenSettings {
  const path = ['x-portside'];
  const { leases, ...others } = mapping(model['x-portside'], path, report);
  const settings = read(others, readers, path, report, ['leases']);
  if (leases === undefined || leases === null) return settings;
  const inner = [...path, 'leases'];
  const { pool, ...rest } = mapping(leases, inner, report);
  const given = {
    ...read(rest, leaseReaders, inner, report, ['pool']),
    ...read(mapping(pool, [...inner, 'pool'], report), poolReaders, [...inner, 'pool'], report),
  };
  return { ...settings, leases: given };
}

function mapping(value: unknown, path: Path, report: Report): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  report.fail('COMPOSE_INVALID', path, `Cannot use ${path.join('.')}: it must be a mapping.`);
  return {};
}

/** Reads each key of a mapping; `further` are the keys that are known beside the readers' own. */
function read<Settings>(
  values: Readonly<Record<string, unknown>>,
  known: Readers<Settings>,
  above: Path,
  report: Report,
  further: readonly string[] = [],
): Partial<Settings> {
  let settings: Partial<Settings> = {};
  for (const [key, value] of Object.entries(values)) {
    const path = [...above, key];
    const reader = Object.hasOwn(known, key) ? known[key] : undefined;
    const given = reader?.read(value);
    if (reader === undefined) {
      const names = [...Object.keys(known), ...further];
      const near = nearest(key, names);
      const hint = near === undefined ? `Known keys are ${names.join(', ')}.` : `Did you mean "${near}"?`;
      report.fail('COMPOSE_UNKNOWN_KEY', path, `Cannot use the key "${key}" in ${above.join('.')}: it is not known.`, {
        hint,
      });
    } else if (given === undefined) {
      const shown = JSON.stringify(value);
      report.fail(
        'COMPOSE_INVALID',
        path,
        `Cannot use ${path.join('.')}: it must be ${reader.wants}. Current value is ${shown}.`,
      );
    } else {
      settings = { ...settings, ...given };
    }
  }
  return settings;
}
