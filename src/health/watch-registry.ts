import type { Endpoint, EndpointStatus, ServiceEvent } from '../model/index.js';
import type { Check } from './bounded.js';
import { checkOf } from './endpoint-check.js';
import type { HealthMonitor, MonitorOptions } from './monitor.js';
import { reasonOf } from './reason.js';
import { notReady } from './target.js';

/** What of a registry is needed to keep the health of its services true. */
export interface WatchedRegistry {
  list(): readonly Endpoint[];
  /** The function given back ends it. */
  subscribe(listener: (event: ServiceEvent) => void): () => void;
  updateStatus(id: string, status: EndpointStatus): unknown;
}

/** How a registry's services are checked. */
export interface WatchRegistryOptions extends MonitorOptions {
  /** Gives the check of a service; `undefined`: it is not checked. One that it throws for counts as failing. Default: `checkOf`. */
  readonly checkOf?: (endpoint: Endpoint) => Check | undefined;
}

/**
 * Checks every service of a registry as long as it is registered, at once and then again and again, and writes what changes
 * into the registry: whoever discovers services is no longer given unhealthy ones. The function given back ends it.
 */
export function watchRegistry(
  monitor: HealthMonitor,
  registry: WatchedRegistry,
  { checkOf: chosen = checkOf, ...options }: WatchRegistryOptions = {},
): () => void {
  const watched = new Map<string, string>();
  const add = (endpoint: Endpoint): void => {
    const { id, name } = endpoint;
    // One that is starting has yet to pass its first checks.
    const isHealthy = endpoint.status !== 'unhealthy' && endpoint.status !== 'starting';
    // Who registers anew counts as healthy again, whatever the checks of its former self have said.
    if (watched.get(id) === placeOf(endpoint) && monitor.isHealthy(id) === isHealthy) return;
    drop(id);
    const check = checkMadeBy(chosen, endpoint);
    if (check === undefined) return;
    watched.set(id, placeOf(endpoint));
    monitor.add(id, check, { ...options, service: name, healthy: isHealthy });
    void monitor.checkNow(id);
  };
  const drop = (id: string): void => {
    if (watched.delete(id)) monitor.remove(id);
  };
  const leave = [
    monitor.subscribe(({ id, healthy }) => {
      if (watched.has(id)) registry.updateStatus(id, healthy ? 'healthy' : 'unhealthy');
    }),
    registry.subscribe(({ type, endpoint }) => {
      if (type === 'deregistered') drop(endpoint.id);
      else add(endpoint);
    }),
  ];
  for (const endpoint of registry.list()) add(endpoint);
  return () => {
    for (const end of leave) end();
    for (const id of [...watched.keys()]) drop(id);
  };
}

/** Makes the check of a service; one that cannot be made is one that fails, for that reason. */
function checkMadeBy(make: (endpoint: Endpoint) => Check | undefined, endpoint: Endpoint): Check | undefined {
  try {
    return make(endpoint);
  } catch (error) {
    return async () => notReady(reasonOf(error));
  }
}

/** What makes an endpoint another target when it changes: where it is, and how it is spoken to. */
function placeOf(endpoint: Endpoint): string {
  const { name, kind, host, port, healthUrl } = endpoint;
  const { user, password, database } = endpoint as Partial<Record<'user' | 'password' | 'database', unknown>>;
  return JSON.stringify([name, kind, host, port, healthUrl, user, password, database]);
}
