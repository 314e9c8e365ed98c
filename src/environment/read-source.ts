import { type ComposeLoadOptions, type ComposeProject, loadComposeProject } from '../compose/index.js';
import { type LoadedConfig, loadConfig } from '../config/index.js';
import type { EnvironmentSource } from './source.js';

/** The files that a source leads to, read. */
export interface ReadSource {
  readonly config: LoadedConfig | undefined;
  /** The configuration, where its services count: not when the source names Compose files. */
  readonly configured: LoadedConfig | undefined;
  readonly projects: readonly ComposeProject[];
}

/**
 * Reads the configuration file and the Compose projects that a source names, or that are found from its folder.
 * Errors: `COMPOSE_*` and `CONFIG_INVALID`, with file, line and column.
 */
export async function readSource(source: EnvironmentSource): Promise<ReadSource> {
  const config = await loadConfig(source);
  const configured = source.files === undefined && config?.hasServices === true ? config : undefined;
  return { config, configured, projects: composeLoads(source, configured).map(loadComposeProject) };
}

/** Which Compose projects are read: those that the configuration spreads, or the one that the source names or that is found. */
function composeLoads(source: EnvironmentSource, config: LoadedConfig | undefined): readonly ComposeLoadOptions[] {
  const { settings: _, configFile: __, ...named } = source;
  if (config === undefined) return [named];
  return config.compose.map(({ files, profiles = [], envFiles, projectDirectory }) => ({
    ...named,
    files,
    profiles: [...profiles, ...(source.profiles ?? [])],
    ...(envFiles === undefined ? {} : { envFiles }),
    ...(projectDirectory === undefined ? {} : { projectDirectory }),
  }));
}
