import type { FastifyInstance } from 'fastify';
import { type LeaseRequest, PortsideError } from '../model/index.js';
import type { ServerOptions } from './server.js';

interface ById {
  readonly Params: { readonly id: string };
}

interface ByIdAndName {
  readonly Params: { readonly id: string; readonly name: string };
}

/** Leasing slices of services, ending leases, and what can be done with one meanwhile (D4). */
export function leaseRoutes(server: FastifyInstance, { environment, sessions }: ServerOptions): void {
  server.get('/v1/leases', () => ({ leases: environment.leaseDocuments }));

  server.post<{ Body: LeaseRequest | null }>('/v1/leases', async (request, reply) => {
    const asked = request.body;
    const session = asked === null ? undefined : sessions.get(asked.session);
    if (asked === null || session === undefined) throw unknownSession(asked?.session);
    const gone = new AbortController();
    const abort = (): void => gone.abort(unknownSession(asked.session));
    reply.raw.on('close', abort);
    const leases = await environment.leases();
    const fork = await leases.lease(asked, { client: session.client, pid: session.pid }, gone.signal);
    // Whoever has gone meanwhile cannot release what it never heard of.
    const isNew = asked.fork === undefined;
    if ((gone.signal.aborted && isNew) || sessions.get(asked.session) === undefined) await leases.release(fork.id);
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

function unknownSession(id: string | undefined): PortsideError {
  return new PortsideError('USAGE', `Cannot lease: there is no open session of this id. Current value is ${id}.`, {
    hint: 'POST /v1/sessions first, and keep its stream open.',
  });
}
