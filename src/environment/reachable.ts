import type { Endpoint } from '../model/index.js';
import type { Runtime } from '../runtime/index.js';
import { makeEndpoint } from './endpoint.js';
import type { Environment } from './environment.js';

/** Gives the endpoints by service name as the services themselves reach them: inside a network, by name and target port. */
export function reachableEndpoints(environment: Environment, runtime: Runtime): Readonly<Record<string, Endpoint>> {
  const reachable: Record<string, Endpoint> = {};
  for (const endpoint of environment.registry.list()) {
    if (endpoint.name in reachable) continue;
    const planned = environment.plan.services.find((service) => service.name === endpoint.name);
    const inside =
      runtime.addressing === 'host' || planned === undefined
        ? endpoint
        : makeEndpoint(planned, {
            ...endpoint,
            ports: endpoint.ports.map((port) => ({ ...port, host: endpoint.name, port: port.target })),
            now: endpoint.lastHeartbeat,
          });
    if (inside !== undefined) reachable[endpoint.name] = inside;
  }
  return reachable;
}
