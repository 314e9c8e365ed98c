import { type ForkDocument, type LeaseRequest, PortsideError } from '../model/index.js';
import type { ServerOptions } from './server.js';

/**
 * Leases for an open session; the signal aborts when its client no longer waits. Errors: those of leasing, and `USAGE` when there is no
 * such session.
 */
export async function leaseForSession(
  { environment, sessions }: Pick<ServerOptions, 'environment' | 'sessions'>,
  asked: LeaseRequest,
  signal: AbortSignal,
): Promise<ForkDocument> {
  const session = sessions.get(asked.session);
  if (session === undefined) throw unknownSession(asked.session);
  const leases = await environment.leases();
  const fork = await leases.lease(asked, { client: session.client, pid: session.pid }, signal);
  // Whoever has gone meanwhile cannot release what it never heard of.
  const isNew = asked.fork === undefined;
  if ((signal.aborted && isNew) || sessions.get(asked.session) === undefined) await leases.release(fork.id);
  return fork;
}

/** Tells that leases need an open session. */
export function unknownSession(id: string | undefined): PortsideError {
  return new PortsideError('USAGE', `Cannot lease: there is no open session of this id. Current value is ${id}.`, {
    hint: 'POST /v1/sessions first, and keep its stream open.',
  });
}
