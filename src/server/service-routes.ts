import type { FastifyInstance } from 'fastify';
import { nearest, PortsideError } from '../model/index.js';
import { streamFrames } from './frame-stream.js';
import type { ServerOptions } from './server.js';

/** The registry's look-ups and its event stream. */
export function serviceRoutes(server: FastifyInstance, { environment }: ServerOptions): void {
  const { registry } = environment;

  server.get('/v1/services', () => ({ version: registry.version, services: registry.list() }));

  server.get<{ Params: { name: string } }>('/v1/services/:name', ({ params: { name } }) => {
    const services = registry.lookup(name);
    if (services.length > 0) return { version: registry.version, services };
    const names = [...new Set(registry.list().map((endpoint) => endpoint.name))];
    const near = nearest(name, names);
    throw new PortsideError('DISCOVERY_UNKNOWN_SERVICE', `Cannot find service '${name}': it is not registered.`, {
      hint: `${near === undefined ? '' : `Did you mean '${near}'? `}Registered: ${names.join(', ') || 'none'}.`,
      service: name,
    });
  });

  server.get('/v1/events', (_request, reply) => {
    reply.hijack();
    streamFrames(environment, reply.raw);
  });
}
