import { resolve } from 'node:path';
import { PortsideError } from '../model/index.js';
import { ConfigManager, type ConfigManagerOptions } from './config-manager.js';
import { findConfigFile } from './find-config.js';
import { type ConfigLocation, type LoadedConfig, loadConfig } from './load-config.js';

/** Which configuration file is managed, and how. */
export type ManageConfigOptions = Partial<ConfigLocation> &
  Pick<ConfigManagerOptions<LoadedConfig>, 'intervalMs' | 'onError' | 'log'>;

/**
 * Reads the configuration file and reads it again whenever it changes: `configFile`, else the `portside.config.*` that is found from
 * `cwd` (default: the working folder) upwards. Files that it imports are not watched. Throws `CONFIG_INVALID` when there is none or
 * when it cannot be used.
 */
export async function manageConfig({
  cwd = process.cwd(),
  environment = process.env,
  configFile,
  ...options
}: ManageConfigOptions = {}): Promise<ConfigManager<LoadedConfig>> {
  const file = configFile ?? findConfigFile(cwd);
  if (file === undefined) {
    throw new PortsideError(
      'CONFIG_INVALID',
      `Cannot manage the configuration: no portside.config.* is found from '${cwd}'.`,
      {
        hint: 'Write portside.config.ts, or name a file.',
      },
    );
  }
  const path = resolve(cwd, file);
  const load = async (): Promise<LoadedConfig> => {
    const config = await loadConfig({ cwd, environment, configFile: path });
    return config as LoadedConfig;
  };
  return ConfigManager.open({ ...options, load, files: [path] });
}
