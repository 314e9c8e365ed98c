import { type EnvironmentSettings, nearest, parseDuration } from '../../model/index.js';
import type { ComposeModel } from '../project/model.js';
import type { Report } from './report.js';

type Read = (value: unknown) => Partial<EnvironmentSettings> | undefined;

const duration = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value >= 0 ? value : undefined;
  return typeof value === 'string' ? parseDuration(value) : undefined;
};

const keepWarm: Read = (value) => {
  const keepWarmMs = duration(value);
  return keepWarmMs === undefined ? undefined : { keepWarmMs };
};

const startTimeout: Read = (value) => {
  const startTimeoutMs = duration(value);
  return startTimeoutMs === undefined ? undefined : { startTimeoutMs };
};

const readers: Readonly<Record<string, { readonly wants: string; readonly read: Read }>> = {
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
  startTimeout: { wants: 'a duration such as 2m, or milliseconds', read: startTimeout },
  start_timeout: { wants: 'a duration such as 2m, or milliseconds', read: startTimeout },
};

/** Reads the settings of the top-level `x-portside`. */
export function settingsOf(model: ComposeModel, report: Report): Partial<EnvironmentSettings> {
  const extension = model['x-portside'];
  if (extension === undefined || extension === null) return {};
  if (typeof extension !== 'object' || Array.isArray(extension)) {
    report.fail('COMPOSE_INVALID', ['x-portside'], 'Cannot use x-portside: it must be a mapping.');
    return {};
  }
  let settings: Partial<EnvironmentSettings> = {};
  for (const [key, value] of Object.entries(extension)) {
    const path = ['x-portside', key];
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
    const read = reader?.read(value);
    if (reader === undefined) {
      const near = nearest(key, Object.keys(readers));
      const hint =
        near === undefined ? `Known keys are ${Object.keys(readers).join(', ')}.` : `Did you mean "${near}"?`;
      report.fail('COMPOSE_UNKNOWN_KEY', path, `Cannot use the key "${key}" in x-portside: it is not known.`, { hint });
    } else if (read === undefined) {
      const shown = JSON.stringify(value);
      report.fail(
        'COMPOSE_INVALID',
        path,
        `Cannot use x-portside.${key}: it must be ${reader.wants}. Current value is ${shown}.`,
      );
    } else {
      settings = { ...settings, ...read };
    }
  }
  return settings;
}
