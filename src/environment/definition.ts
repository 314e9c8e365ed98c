import { composeDefinition, loadComposeProject } from '../compose/index.js';
import { resolveSettings, settingsFromEnvironment } from '../config/index.js';
import type { EnvironmentDefinition } from '../model/index.js';
import type { EnvironmentSource } from './source.js';

/**
 * Reads the Compose files and the configuration file that a source names, or that are found from its folder, as one definition.
 * Services of the configuration stand above those of the same name in Compose files that it spreads.
 * Errors: `COMPOSE_*` and `CONFIG_INVALID`, with file, line and column.
 */
export async function resolveDefinition(source: EnvironmentSource): Promise<EnvironmentDefinition> {
  const { settings, configFile: _, ...options } = source;
  const { settings: variables } = settingsFromEnvironment(source.environment);
  const part = composeDefinition(loadComposeProject(options));
  return {
    ...part,
    settings: resolveSettings({ flags: settings ?? {}, variables, compose: part.settings }),
  };
}
