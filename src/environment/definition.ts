import { basename } from 'node:path';
import { type ComposeDefinition, composeDefinition } from '../compose/index.js';
import { type LoadedConfig, resolveSettings, settingsFromEnvironment } from '../config/index.js';
import { type EnvironmentDefinition, PortsideError, type ServiceDefinition } from '../model/index.js';
import { readSource } from './read-source.js';
import type { EnvironmentSource } from './source.js';

/**
 * Reads the Compose files and the configuration file that a source names, or that are found from its folder, as one
 * definition. Compose files that the source names stand alone; the configuration then gives only settings. Otherwise its
 * services replace those of the same name in the Compose files that it spreads.
 * Errors: `COMPOSE_*` and `CONFIG_INVALID`, with file, line and column.
 */
export async function resolveDefinition(source: EnvironmentSource): Promise<EnvironmentDefinition> {
  const { settings: variables } = settingsFromEnvironment(source.environment);
  const { config, configured, projects } = await readSource(source);
  const parts = projects.map((project) => composeDefinition(project, config?.kinds));
  const [first] = parts;
  const directory = first?.directory ?? configured?.directory ?? source.cwd;
  return {
    project: source.projectName ?? first?.project ?? projectName(directory),
    directory,
    files: [...(configured === undefined ? [] : [configured.file]), ...parts.flatMap((part) => part.files)],
    services: mergeServices(parts, configured),
    networks: { default: { external: false }, ...united(parts, 'networks') },
    volumes: united(parts, 'volumes'),
    secrets: united(parts, 'secrets'),
    configs: united(parts, 'configs'),
    settings: resolveSettings({
      flags: source.settings ?? {},
      variables,
      config: config?.settings ?? {},
      compose: Object.assign({}, ...parts.map((part) => part.settings)),
    }),
    warnings: parts.flatMap((part) => part.warnings),
  };
}

function mergeServices(
  parts: readonly ComposeDefinition[],
  config: LoadedConfig | undefined,
): readonly ServiceDefinition[] {
  const services = new Map<string, ServiceDefinition>();
  for (const service of parts.flatMap((part) => part.services)) {
    if (services.has(service.name)) {
      throw new PortsideError(
        'CONFIG_INVALID',
        `Cannot use two services named '${service.name}': two Compose files define it.`,
        {
          hint: `Give one of them another name with the label 'portside.name'.`,
          service: service.name,
          ...(service.position === undefined ? {} : { position: service.position }),
        },
      );
    }
    services.set(service.name, service);
  }
  for (const service of config?.services ?? []) services.set(service.name, service);
  return [...services.values()];
}

function united<Key extends 'networks' | 'volumes' | 'secrets' | 'configs'>(
  parts: readonly ComposeDefinition[],
  key: Key,
): ComposeDefinition[Key] {
  return Object.assign({}, ...parts.map((part) => part[key]));
}

/** Compose's rule for a folder's name as a project name. */
function projectName(directory: string): string {
  return (
    basename(directory)
      .toLowerCase()
      .replace(/[^a-z0-9_-]/g, '')
      .replace(/^[^a-z0-9]+/, '') || 'portside'
  );
}
