import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Endpoint, PortsideError } from '../model/index.js';
import { checkId, endpointOf, type RegistryStorage, readRegistration } from '../registry/index.js';
import type { Audit } from './audit.js';

/** What services register in, and who hears of it. */
export interface RegistrationOptions {
  readonly storage: RegistryStorage;
  /** Time to live of registrations that name none, in milliseconds. Default: they hold until they are taken back. */
  readonly defaultTtlMs?: () => number;
  /** Refuses to change what was not registered here. Default false. */
  readonly keepsForeign?: boolean;
  /** How many services may be registered. Default 10,000. */
  readonly maxServices?: number;
  readonly audit?: Audit;
}

interface OneService {
  Params: { id: string };
}

/** Registering, deregistering, heartbeats and health of services. */
export function registrationRoutes(server: FastifyInstance, options: RegistrationOptions): void {
  const { storage, defaultTtlMs, keepsForeign = false, maxServices = 10_000, audit = () => {} } = options;
  const { registry } = storage;
  const own = new Set<string>();

  const changeable = (id: string): Endpoint | undefined => {
    checkId(id);
    const before = registry.get(id);
    if (keepsForeign && before !== undefined && !own.has(id)) {
      throw conflict(id, 'it belongs to the environment itself', 'Register under an id of your own.');
    }
    return before;
  };
  const unknown = (id: string): PortsideError =>
    new PortsideError('DISCOVERY_UNKNOWN_SERVICE', `Cannot change '${id}': nothing is registered under this id.`, {
      hint: 'Register it (again): its time to live may be over.',
      service: id,
    });

  server.put<OneService & { Body: unknown }>('/v1/services/:id', async (request, reply) => {
    const { id } = request.params;
    const before = changeable(id);
    if (before === undefined && registry.size >= maxServices) {
      throw new PortsideError(
        'REGISTRY_RATE_LIMITED',
        `Cannot register '${id}': the registry is full. Current value is ${registry.size} services.`,
        { hint: 'Deregister services that have ended.', service: id },
      );
    }
    const registration = readRegistration(request.body);
    const endpoint = endpointOf(id, registration, {
      now: registry.now,
      ttlMs: defaultTtlMs?.(),
      ...(before === undefined ? {} : { before }),
    });
    const ifAbsent = request.headers['if-none-match'] === '*';
    if (!(await storage.put(endpoint, { ifAbsent }))) {
      throw conflict(id, 'it is registered already', 'Choose another id, or register without if-none-match.');
    }
    own.add(id);
    audit({ action: 'register', id, name: endpoint.name, ...sourceOf(request) });
    return reply.status(before === undefined ? 201 : 200).send({ service: endpoint });
  });

  server.delete<OneService>('/v1/services/:id', async (request) => {
    const { id } = request.params;
    const before = changeable(id);
    own.delete(id);
    if (!(await storage.remove(id))) throw unknown(id);
    audit({ action: 'deregister', id, ...(before === undefined ? {} : { name: before.name }), ...sourceOf(request) });
    return { deregistered: id };
  });

  server.post<OneService>('/v1/services/:id/heartbeat', async ({ params: { id } }) => {
    changeable(id);
    const service = await storage.heartbeat(id);
    if (service === undefined) throw unknown(id);
    return { service };
  });

  server.post<OneService & { Body: { healthy?: unknown } | null }>('/v1/services/:id/health', async (request) => {
    const { id } = request.params;
    const healthy = request.body?.healthy;
    if (typeof healthy !== 'boolean') {
      throw new PortsideError(
        'REGISTRY_INVALID',
        `Cannot set the health of '${id}': 'healthy' must be true or false. Current value is ${JSON.stringify(healthy)}.`,
      );
    }
    changeable(id);
    if (!(await storage.setStatus(id, healthy ? 'healthy' : 'unhealthy'))) throw unknown(id);
    return { id, healthy };
  });
}

function sourceOf(request: FastifyRequest): { source: string } {
  return { source: request.ip };
}

function conflict(id: string, why: string, hint: string): PortsideError {
  return new PortsideError('REGISTRY_CONFLICT', `Cannot change '${id}': ${why}.`, { hint, service: id });
}
