import type { FastifyInstance } from 'fastify';
import type { LeaseRequest } from '../model/index.js';
import type { ServerOptions } from './server.js';
import { leaseForSession, unknownSession } from './session-lease.js';

interface ById {
  readonly Params: { readonly id: string };
}

interface ByIdAndName {
  readonly Params: { readonly id: string; readonly name: string };
}

/** Leasing slices of services, ending leases, and what can be done with one meanwhile (D4). */
export function leaseRoutes(server: FastifyInstance, options: ServerOptions): void {
  const { environment } = options;
  server.get('/v1/leases', () => ({ leases: environment.leaseDocuments }));

  server.post<{ Body: LeaseRequest | null }>('/v1/leases', async ({ body }, reply) => {
    if (body === null) throw unknownSession(undefined);
    const gone = new AbortController();
    const abort = (): void => gone.abort(unknownSession(body.session));
    reply.raw.on('close', abort);
    const fork = await leaseForSession(options, body, gone.signal);
    reply.raw.off('close', abort);
    return fork;
  });

  server.delete<ById>('/v1/leases/:id', async ({ params: { id } }) => {
    await (await environment.leases()).release(id);
    return { released: id };
  });

  server.post<ById>('/v1/leases/:id/reset', async ({ params: { id } }) => {
    await (await environment.leases()).reset(id);
    return { reset: id };
  });

  server.put<ByIdAndName>('/v1/leases/:id/snapshots/:name', async ({ params: { id, name } }) => {
    await (await environment.leases()).snapshot(id, name);
    return { id, snapshot: name };
  });

  server.post<ByIdAndName>('/v1/leases/:id/snapshots/:name/restore', async ({ params: { id, name } }) => {
    await (await environment.leases()).restore(id, name);
    return { id, restored: name };
  });
}
