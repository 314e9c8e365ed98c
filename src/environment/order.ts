import { nearest, PortsideError, type ServiceDefinition } from '../model/index.js';

/**
 * Gives each service's place in the start order: 0 when it waits for nothing, else one more than the latest of what it waits for.
 * Errors: `COMPOSE_REFERENCE`, `COMPOSE_CYCLE` (with the cycle as a path).
 */
export function startOrder(services: readonly ServiceDefinition[]): ReadonlyMap<string, number> {
  const byName = new Map(services.map((service) => [service.name, service]));
  const order = new Map<string, number>();
  const path: string[] = [];
  const visit = (service: ServiceDefinition): number => {
    const known = order.get(service.name);
    if (known !== undefined) return known;
    if (path.includes(service.name)) throw cycle([...path.slice(path.indexOf(service.name)), service.name], service);
    path.push(service.name);
    let place = 0;
    for (const dependency of service.dependsOn) {
      const target = byName.get(dependency.service);
      if (target !== undefined) place = Math.max(place, visit(target) + 1);
      else if (dependency.required) throw missing(service, dependency.service, [...byName.keys()]);
    }
    path.pop();
    order.set(service.name, place);
    return place;
  };
  for (const service of services) visit(service);
  return order;
}

function cycle(names: readonly string[], service: ServiceDefinition): PortsideError {
  return new PortsideError(
    'COMPOSE_CYCLE',
    `Cannot order the services: they depend on each other: ${names.join(' -> ')}.`,
    {
      hint: 'Remove one of these depends_on entries.',
      service: service.name,
      ...(service.position === undefined ? {} : { position: service.position }),
    },
  );
}

function missing(service: ServiceDefinition, name: string, names: readonly string[]): PortsideError {
  const near = nearest(name, names);
  return new PortsideError(
    'COMPOSE_REFERENCE',
    `Cannot plan service '${service.name}': it depends on '${name}', which is not defined.`,
    {
      hint: near === undefined ? `Defined services: ${names.join(', ')}.` : `Did you mean '${near}'?`,
      service: service.name,
      ...(service.position === undefined ? {} : { position: service.position }),
    },
  );
}
