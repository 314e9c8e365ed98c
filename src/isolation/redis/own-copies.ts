import type { IsolationHost, StartedCopy } from '../isolator.js';
import type { Dump } from './dump.js';
import { refused } from './failure.js';
import type { LeasedServer } from './leased-server.js';
import { redisEndpoint } from './redis-endpoint.js';
import { RedisSession, refusalIn } from './session.js';

/**
 * Starts one more instance of the service as a lease's own server. Where the runtime can start it again at its address, that is how
 * it is reset; elsewhere it is emptied as well as commands can.
 */
export async function startOwnCopy(
  host: IsolationHost,
  id: string,
  seed: Dump | undefined,
  signal: AbortSignal,
): Promise<LeasedServer> {
  const { service } = host;
  const planned = { ...service, name: `${service.name}-${id}`, copy: { of: service.name, lease: id } };
  const copy = await host.startCopy(planned, {}, signal);
  try {
    const { restart, ended } = copy;
    const common = { endpoint: redisEndpoint(copy.endpoint), inner: redisEndpoint(copy.inner), ended };
    const remove = () => copy.remove();
    if (restart === undefined) return { ...common, reset: (until) => empty(service.name, copy, until), remove };
    if (seed !== undefined) await restart(seed.files, signal);
    const reset = (until: AbortSignal) => restart(seed?.files ?? {}, until);
    return { ...common, reset, load: (data, until) => restart(data.files, until), remove };
  } catch (error) {
    await copy.remove();
    throw error;
  }
}

/** Empties a server that stays: its data, scripts and functions go, and all connections to it; its settings stay. */
async function empty(service: string, copy: StartedCopy, signal: AbortSignal): Promise<void> {
  const attempt = `reset the lease of '${service}'`;
  const session = new RedisSession(service, () => redisEndpoint(copy.endpoint));
  const needed = [['CLIENT', 'KILL', 'SKIPME', 'yes'], ['FLUSHALL'], ['SCRIPT', 'FLUSH']];
  try {
    // Servers before 7 have no functions.
    const replies = await session.run(attempt, [...needed, ['FUNCTION', 'FLUSH']], signal);
    const refusal = refusalIn(replies.slice(0, needed.length));
    if (refusal !== undefined) throw refused(service, attempt, refusal);
  } finally {
    session.close();
  }
}
