import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EnvironmentSettings, PortsideError, parseDuration, type ServiceDefinition } from '../model/index.js';
import type { EnvironmentSpec } from './define.js';
import { findConfigFile } from './find-config.js';
import { resolveSpec } from './resolve.js';
import type { ComposeReference } from './specs.js';

/** A configuration file, read and checked; all paths absolute. */
export interface LoadedConfig {
  readonly file: string;
  readonly directory: string;
  /** Whether the file names services, itself or by `compose(...)`. */
  readonly hasServices: boolean;
  readonly services: readonly ServiceDefinition[];
  readonly compose: readonly ComposeReference[];
  readonly settings: Partial<EnvironmentSettings>;
}

/** Where a configuration is looked for. */
export interface ConfigLocation {
  readonly cwd: string;
  /** Absent: the `portside.config.*` found from `cwd` upwards. */
  readonly configFile?: string;
}

/**
 * Reads the configuration file; `undefined` when none was named and none is found. TypeScript is loaded as it is.
 * Errors: `CONFIG_INVALID`.
 */
export async function loadConfig({ cwd, configFile }: ConfigLocation): Promise<LoadedConfig | undefined> {
  const file = configFile === undefined ? findConfigFile(cwd) : resolve(cwd, configFile);
  if (file === undefined) return undefined;
  const value = camelCased(await evaluate(file));
  const { checkConfig } = await import('./schema.js');
  checkConfig(value, file);
  const { services, runtime, ports, keepWarm, startTimeout } = value as EnvironmentSpec;
  const directory = dirname(file);
  const specs = Object.entries(services ?? {});
  const references = Object.getOwnPropertySymbols(services ?? {}).map(
    (symbol) => (services as unknown as Record<symbol, ComposeReference>)[symbol] as ComposeReference,
  );
  return {
    file,
    directory,
    hasServices: specs.length + references.length > 0,
    services: specs.map(([name, spec]) => resolveSpec(name, spec, directory)),
    compose: references.map((reference) => absolute(reference, directory)),
    settings: {
      ...(runtime === undefined ? {} : { runtime }),
      ...(ports === undefined ? {} : { ports }),
      ...(keepWarm === undefined ? {} : { keepWarmMs: milliseconds(keepWarm) }),
      ...(startTimeout === undefined ? {} : { startTimeoutMs: milliseconds(startTimeout) }),
    },
  };
}

async function evaluate(file: string): Promise<unknown> {
  try {
    if (file.endsWith('.json')) return JSON.parse(readFileSync(file, 'utf8'));
    const { createJiti } = await import('jiti');
    // Also where portside itself is not installed beside the file, `portside` means this package.
    const alias = {
      'portside/config': fileURLToPath(new URL('./index.js', import.meta.url)),
      portside: fileURLToPath(new URL('../index.js', import.meta.url)),
    };
    return await createJiti(import.meta.url, { alias, moduleCache: false }).import(file, { default: true });
  } catch (cause) {
    if (PortsideError.is(cause)) throw cause;
    throw new PortsideError('CONFIG_INVALID', `Cannot load ${file}: ${(cause as Error).message}`, {
      hint: 'Mend the file, or name another one with --config.',
      position: { file },
      cause,
    });
  }
}

/** Keys may be written in snake case as well (R11). */
function camelCased(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      part,
    ]),
  );
}

function milliseconds(value: string | number): number {
  return typeof value === 'number' ? value : (parseDuration(value) ?? 0);
}

function absolute(
  { files, profiles, envFiles, projectDirectory }: ComposeReference,
  directory: string,
): ComposeReference {
  const from = (path: string): string => (isAbsolute(path) ? path : resolve(directory, path));
  return {
    files: files.map(from),
    ...(profiles === undefined ? {} : { profiles }),
    ...(envFiles === undefined ? {} : { envFiles: envFiles.map(from) }),
    ...(projectDirectory === undefined ? {} : { projectDirectory: from(projectDirectory) }),
  };
}
