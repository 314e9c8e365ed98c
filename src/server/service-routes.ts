import type { FastifyInstance } from 'fastify';
import { MemoryStorage } from '../registry/index.js';
import { streamFrames } from './frame-stream.js';
import { lookupRoutes } from './lookup-routes.js';
import { registrationRoutes } from './registration-routes.js';
import type { ServerOptions } from './server.js';

/** The environment's registry: look-ups, its event stream, and the registration of services that the environment did not start. */
export function serviceRoutes(server: FastifyInstance, { environment, telemetry }: ServerOptions): void {
  const { registry } = environment;
  const storage = new MemoryStorage(registry);
  server.addHook('onReady', () => storage.start());
  server.addHook('onClose', () => storage.close());
  lookupRoutes(server, registry, telemetry);
  registrationRoutes(server, { storage, keepsForeign: true });

  server.get('/v1/events', (_request, reply) => {
    reply.hijack();
    streamFrames(environment, reply.raw);
  });
}
