import { isDeepStrictEqual } from 'node:util';
import { ConfigManager } from '../../config/index.js';
import type { EventLog } from '../../model/index.js';
import type { RegistrySettings } from './settings.js';

/** What takes effect while the registry runs. */
const live: readonly (keyof RegistrySettings)[] = ['ttlMs', 'healthChecks'];

/** How the settings of a running registry are followed. */
export interface FollowSettingsOptions {
  readonly settings: RegistrySettings;
  /** Settles them anew. */
  readonly load: () => Promise<RegistrySettings>;
  /** Called with settings of which something that takes effect at once has changed. */
  readonly apply: (next: RegistrySettings) => void;
  readonly log: EventLog;
}

/**
 * Follows the configuration file of a running registry, if it has one. What cannot be used changes nothing; what takes effect only
 * at the next start is logged. The manager given back ends it.
 */
export async function followSettings({
  settings,
  load,
  apply,
  log,
}: FollowSettingsOptions): Promise<ConfigManager<RegistrySettings> | undefined> {
  if (settings.configFile === undefined) return undefined;
  const manager = await ConfigManager.open({
    files: [settings.configFile],
    log,
    // A token that nobody has set is another one each time.
    load: async () => ({ ...(await load()), token: settings.token }),
  });
  manager.subscribe((next, before) => {
    const changed = (key: keyof RegistrySettings): boolean => !isDeepStrictEqual(next[key], before[key]);
    const later = [...new Set([...keysOf(next), ...keysOf(before)])].filter(
      (key) => !live.includes(key) && changed(key),
    );
    if (later.length > 0) log('warn', 'Changes take effect when the registry is started again', { settings: later });
    if (live.some(changed)) apply(next);
  });
  return manager;
}

function keysOf(settings: RegistrySettings): (keyof RegistrySettings)[] {
  return Object.keys(settings) as (keyof RegistrySettings)[];
}
