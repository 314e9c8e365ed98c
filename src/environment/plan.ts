import {
  defaultPorts,
  type EnvironmentDefinition,
  type EnvironmentPlan,
  type PlannedPort,
  type PlannedService,
  type ServiceDefinition,
} from '../model/index.js';
import { startOrder } from './order.js';
import { readinessOf } from './readiness.js';

/**
 * Decides everything that can be decided before anything runs: start order, ready conditions, port policy. Pure.
 * Errors: `COMPOSE_REFERENCE` (a dependency on an undefined service), `COMPOSE_CYCLE`.
 */
export function planEnvironment(definition: EnvironmentDefinition): EnvironmentPlan {
  const order = startOrder(definition.services);
  const awaited = new Set(
    definition.services.flatMap((service) =>
      service.dependsOn.filter((d) => d.condition === 'service_healthy' && d.required).map((d) => d.service),
    ),
  );
  const services = definition.services.map((service): PlannedService => {
    const ports = portsOf(service).map((port): PlannedPort => ({ ...port, policy: definition.settings.ports }));
    return {
      name: service.name,
      definition: service,
      ports,
      dependsOn: service.dependsOn,
      readiness: readinessOf(service, ports, awaited.has(service.name)),
      startOrder: order.get(service.name) ?? 0,
    };
  });
  services.sort((a, b) => a.startOrder - b.startOrder || (a.name < b.name ? -1 : 1));
  return { definition, services, warnings: definition.warnings };
}

/** A server of a known kind that names no port is still to be reached from the host: it gets its kind's. */
function portsOf(service: ServiceDefinition): ServiceDefinition['ports'] {
  const target = service.custom?.port ?? defaultPorts[service.kind];
  return service.ports.length > 0 || target === undefined ? service.ports : [{ target, protocol: 'tcp' }];
}
