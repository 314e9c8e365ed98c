import type { FastifyInstance } from 'fastify';
import { type Endpoint, nearest, noTelemetry, PortsideError, type Telemetry } from '../model/index.js';
import { handlerDocument, type ServiceRegistry } from '../registry/index.js';

/** The registry's look-ups: everything, one name, several (`?name=a&name=b`), and everything as handlers. */
export function lookupRoutes(
  server: FastifyInstance,
  registry: ServiceRegistry,
  { metrics }: Pick<Telemetry, 'metrics'> = noTelemetry,
): void {
  const lookup = (name: string): readonly Endpoint[] => {
    const start = performance.now();
    const services = registry.lookup(name);
    const found = services.length > 0;
    // What nobody registered is asked for under any name: it shares one series.
    const service_name = found ? name : 'unknown';
    metrics.counter('discovery_service_lookups_total', { service_name, result: found ? 'success' : 'failure' }).add();
    metrics
      .histogram('discovery_service_lookup_duration_seconds', { service_name })
      .observe((performance.now() - start) / 1000);
    return services;
  };

  server.get<{ Querystring: { name?: string | string[] } }>('/v1/services', ({ query: { name } }) => ({
    version: registry.version,
    services: name === undefined ? registry.list() : [name].flat().flatMap(lookup),
  }));

  server.get<{ Params: { name: string } }>('/v1/services/:name', ({ params: { name } }) => {
    const services = lookup(name);
    if (services.length > 0) return { version: registry.version, services };
    throw unknownService(`Cannot find service '${name}': it is not registered.`, name, registry);
  });

  server.get('/api/handlers', () => ({ handlers: registry.list().map(handlerDocument) }));
}

/** Makes the error of a name or id that is not registered; the hint offers the nearest name and lists all. */
function unknownService(message: string, name: string, registry: ServiceRegistry): PortsideError {
  const names = [...new Set(registry.list().map((endpoint) => endpoint.name))];
  const near = nearest(name, names);
  return new PortsideError('DISCOVERY_UNKNOWN_SERVICE', message, {
    hint: `${near === undefined ? '' : `Did you mean '${near}'? `}Registered: ${names.join(', ') || 'none'}.`,
    service: name,
  });
}
