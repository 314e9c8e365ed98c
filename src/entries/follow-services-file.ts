import { ConfigManager, type ConfigManagerOptions } from '../config/index.js';
import { readServicesFile } from '../discovery/index.js';
import type { Endpoint } from '../model/index.js';

/** What the services of a file are told to: a `ServiceRegistry` is such a one. */
export interface ServicesTarget {
  /** A service came, or changed. */
  register(endpoint: Endpoint): unknown;
  /** The service with this id is gone. */
  deregister(id: string): unknown;
}

/** How a file of services is followed. */
export type FollowOptions = Pick<ConfigManagerOptions<unknown>, 'intervalMs' | 'onError' | 'log'>;

/**
 * Registers every service of a YAML or JSON file, or of a registry file, and what changes in it for as long as the manager given
 * back is open. A file that cannot be read any more changes nothing, nor does one that a target refuses. Throws `CONFIG_INVALID` or
 * `REGISTRY_INVALID` when the file cannot be used at first.
 */
export async function followServicesFile(
  path: string,
  targets: ServicesTarget | readonly ServicesTarget[],
  options: FollowOptions = {},
): Promise<ConfigManager<ReadonlyMap<string, Endpoint>>> {
  const load = async (): Promise<ReadonlyMap<string, Endpoint>> => {
    const endpoints = await readServicesFile(path, Date.now());
    return new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
  };
  const manager = await ConfigManager.open({ ...options, load, files: [path] });
  try {
    for (const target of [targets].flat()) {
      await tell(target, manager.current, new Map());
      manager.subscribe((next, before) => tell(target, next, before));
    }
    return manager;
  } catch (error) {
    await manager.close();
    throw error;
  }
}

async function tell(
  target: ServicesTarget,
  next: ReadonlyMap<string, Endpoint>,
  before: ReadonlyMap<string, Endpoint>,
): Promise<void> {
  for (const id of before.keys()) if (!next.has(id)) await target.deregister(id);
  for (const [id, endpoint] of next) {
    const known = before.get(id);
    if (known === undefined || stated(known) !== stated(endpoint)) await target.register(endpoint);
  }
}

/** What a file says of a service, without the times at which it was read. */
function stated({ registeredAt: _, lastHeartbeat: __, ...rest }: Endpoint): string {
  return JSON.stringify(rest);
}
