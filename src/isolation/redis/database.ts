import { randomBytes } from 'node:crypto';
import { RedisFailure } from '../../health/index.js';
import { PortsideError } from '../../model/index.js';
import type { IsolationHost, Isolator, Slice } from '../isolator.js';
import { DatabaseNumbers } from './database-numbers.js';
import { refused } from './failure.js';
import { KeySnapshots } from './key-snapshots.js';
import { once } from './once.js';
import { redisEndpoint } from './redis-endpoint.js';
import { requireNoReplica } from './replica.js';
import { makeUser } from './rules.js';
import { RedisSession, refusalIn } from './session.js';

/** How long the removal of a lease may take before its database is put aside for a later attempt. */
const removalLimitMs = 10_000;

/**
 * Leases logical databases of the service's own server, each with a user who is held to it. The server is shared in everything
 * that has no database: pub/sub, scripts, memory, time.
 */
export function redisDatabaseIsolator(host: IsolationHost): Isolator {
  const { service } = host;
  const numbers = new DatabaseNumbers(service, host.services);
  const session = new RedisSession(service.name, () => redisEndpoint(host.endpoint()));
  return {
    isolation: 'database',
    // Where there is none at all, whoever comes is told so rather than kept waiting.
    capacity: Math.max(1, numbers.capacity),
    creators: 8,
    prepare: async () => requireNoReplica(service),
    create: async (id, _needs, signal) => {
      requireNoReplica(service);
      return createSlice(id, { host, numbers, session }, signal);
    },
    close: async () => session.close(),
  };
}

interface Parts {
  readonly host: IsolationHost;
  readonly numbers: DatabaseNumbers;
  readonly session: RedisSession;
}

async function createSlice(id: string, parts: Parts, signal: AbortSignal): Promise<Slice> {
  const { host, numbers, session } = parts;
  const service = host.service.name;
  const attempt = `lease service '${service}'`;
  const user = `lease_${id}`;
  const password = randomBytes(18).toString('base64url');
  const endpoint = host.endpoint();
  const inner = host.inner()[service] ?? endpoint;
  const number = await numbers.take(session, signal);
  const remove = once(() => removeSlice(user, number, parts));
  try {
    const steps = makeUser(user, password, number);
    const replies = await session.run(
      attempt,
      steps.map(({ command }) => command),
      signal,
    );
    const refusal = refusalIn(replies.filter((_, index) => steps[index]?.optional === false));
    if (refusal !== undefined)
      throw /unknown command/i.test(refusal) ? tooOld(service, refusal) : refused(service, attempt, refusal);
  } catch (error) {
    await remove();
    throw error;
  }
  const login = { user, password, database: number };
  const clear = async (doing: string, until: AbortSignal) => {
    const replies = await session.run(doing, [['CLIENT', 'KILL', 'USER', user], ...flush(number)], until);
    const refusal = refusalIn(replies);
    if (refusal !== undefined) throw refused(service, doing, refusal);
  };
  const snapshots = new KeySnapshots(service, session, number);
  return {
    id,
    service,
    isolation: 'database',
    name: `${service}/${number}`,
    endpoint: redisEndpoint(endpoint, login),
    inner: redisEndpoint(inner, login),
    reset: (until) => clear(`reset the lease of '${service}'`, until),
    snapshot: (as, until) => snapshots.take(as, until),
    restore: async (as, until) => {
      snapshots.require(as);
      await clear(`restore the lease of '${service}'`, until);
      await snapshots.restore(as, until);
    },
    remove,
  };
}

/** The user goes first, with all connections of it: nobody writes after the flush. */
async function removeSlice(user: string, number: number, { host, numbers, session }: Parts): Promise<void> {
  const service = host.service.name;
  try {
    const commands = [['ACL', 'DELUSER', user], ...flush(number)];
    const signal = AbortSignal.timeout(removalLimitMs);
    const replies = await session.run(`release the lease of '${service}'`, commands, signal);
    numbers.giveBack(number, !(replies.at(-1) instanceof RedisFailure));
  } catch (error) {
    host.log('debug', `Cannot empty database ${number} of '${service}' now; that is done before it is leased again.`, {
      err: error,
    });
    numbers.giveBack(number, false);
  }
}

function flush(number: number) {
  return [
    ['SELECT', number],
    ['FLUSHDB', 'ASYNC'],
  ];
}

function tooOld(service: string, answer: string): PortsideError {
  return new PortsideError(
    'LEASE_UNSUPPORTED',
    `Cannot lease '${service}' by 'database': its server knows no users. Current value is '${answer}'.`,
    { service, hint: "Take Redis 6 or later, or lease it with isolation 'server'." },
  );
}
