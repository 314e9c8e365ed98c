import { dirname, resolve } from 'node:path';
import {
  type GivenSettings,
  type KindDefinition,
  type LeaseSettings,
  parseDuration,
  type ServiceDefinition,
} from '../model/index.js';
import { composeReferences } from './compose-references.js';
import type { EnvironmentSpec, LeasesSpec } from './define.js';
import { evaluate } from './evaluate.js';
import { findConfigFile } from './find-config.js';
import { hostPortsOf } from './host-ports.js';
import { normalise } from './normalise.js';
import { resolveSpec } from './resolve.js';
import type { SectionSettings } from './sections/index.js';
import type { ComposeReference } from './specs.js';

/** A configuration file, read and checked; all paths absolute. */
export interface LoadedConfig {
  readonly file: string;
  readonly directory: string;
  /** Whether the file names services, itself or by `compose(...)`. */
  readonly hasServices: boolean;
  readonly services: readonly ServiceDefinition[];
  readonly compose: readonly ComposeReference[];
  /** Kinds that services of Compose files may be of, besides portside's own. */
  readonly kinds: readonly KindDefinition[];
  readonly settings: GivenSettings;
  /** What the sections `port_allocator`, `service_registry`, `broadcast` and `discovery` say. */
  readonly sections: SectionSettings;
}

/** Where a configuration is looked for. */
export interface ConfigLocation {
  readonly cwd: string;
  /** Absent: the `portside.config.*` found from `cwd` upwards. */
  readonly configFile?: string;
  /** The host's environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the configuration file; `undefined` when none was named and none is found. TypeScript is loaded as it is.
 * Errors: `CONFIG_INVALID`.
 */
export async function loadConfig({ cwd, configFile, environment }: ConfigLocation): Promise<LoadedConfig | undefined> {
  const file = configFile === undefined ? findConfigFile(cwd) : resolve(cwd, configFile);
  if (file === undefined) return undefined;
  const value = normalise(await evaluate(file, environment));
  const { checkConfig } = await import('./check-config.js');
  const sections = checkConfig(value, file);
  const {
    composeFile,
    profiles,
    envFiles,
    kinds = [],
    services,
    runtime,
    ports,
    keepWarm,
    startTimeout,
    snapshots,
    leases,
  } = value as EnvironmentSpec;
  const directory = dirname(file);
  const specs = Object.entries(services ?? {});
  const references = composeReferences(services);
  if (composeFile !== undefined) {
    const files = typeof composeFile === 'string' ? [composeFile] : composeFile;
    references.unshift({ files, ...(profiles && { profiles }), ...(envFiles && { envFiles }) });
  }
  return {
    file,
    directory,
    hasServices: specs.length + references.length > 0,
    services: specs.map(([name, spec]) => resolveSpec(name, spec, file)),
    compose: references.map((reference) => absolute(reference, directory)),
    kinds: kinds.map(({ definition }) => definition),
    settings: {
      ...(runtime === undefined ? {} : { runtime }),
      ...(ports === undefined ? {} : { ports }),
      ...hostPortsOf(sections),
      ...(keepWarm === undefined ? {} : { keepWarmMs: milliseconds(keepWarm) }),
      ...(startTimeout === undefined ? {} : { startTimeoutMs: milliseconds(startTimeout) }),
      ...(snapshots === undefined ? {} : { snapshots }),
      ...(leases === undefined ? {} : { leases: leaseSettings(leases) }),
    },
    sections,
  };
}

function leaseSettings({ scope, pool, maxActive, queueTimeout }: LeasesSpec): Partial<LeaseSettings> {
  return {
    ...(scope === undefined ? {} : { scope }),
    ...(pool?.min === undefined ? {} : { poolMin: pool.min }),
    ...(pool?.max === undefined ? {} : { poolMax: pool.max }),
    ...(maxActive === undefined ? {} : { maxActive }),
    ...(queueTimeout === undefined ? {} : { queueTimeoutMs: milliseconds(queueTimeout) }),
  };
}

function milliseconds(value: string | number): number {
  return typeof value === 'number' ? value : (parseDuration(value) ?? 0);
}

function absolute(
  { files, profiles, envFiles, projectDirectory }: ComposeReference,
  directory: string,
): ComposeReference {
  const from = (path: string): string => resolve(directory, path);
  return {
    files: files.map(from),
    ...(profiles === undefined ? {} : { profiles }),
    ...(envFiles === undefined ? {} : { envFiles: envFiles.map(from) }),
    ...(projectDirectory === undefined ? {} : { projectDirectory: from(projectDirectory) }),
  };
}
