import { PortsideError } from '../../model/index.js';
import type { IsolationHost, Isolator, Slice } from '../isolator.js';
import { unknownSnapshot } from '../unknown-snapshot.js';
import { type Dump, readDump, readSeed } from './dump.js';
import type { LeasedServer } from './leased-server.js';
import { once } from './once.js';
import { startOwnCopy } from './own-copies.js';
import { redisEndpoint } from './redis-endpoint.js';
import { requireNoReplica } from './replica.js';
import { serverCommand } from './slots/command.js';
import { SlotPool } from './slots/slot-pool.js';

/** So many servers at a time an engine bears: in containers of eight, and in containers of their own. */
const dockerCapacity = { shared: 128, own: 32 } as const;

/**
 * Leases servers: each lease has one that nobody else talks to, with the service's own configuration, beginning with what the
 * service held when it became ready. Embedded each is a process; on Docker several are in one container.
 */
export function redisServerIsolator(host: IsolationHost): Isolator {
  const { name, definition } = host.service;
  let seed: Promise<Dump | undefined> | undefined;
  const prepare = (signal: AbortSignal) => {
    const read = seed ?? seedOf(host, signal);
    seed = read;
    // What could not be read may be read by the next.
    read.catch(() => {
      if (seed === read) seed = undefined;
    });
    return read;
  };
  const inContainers = host.addressing === 'network';
  const words = inContainers ? serverCommand(definition) : undefined;
  const life = new AbortController();
  let slots = words === undefined ? undefined : new SlotPool(host, words, () => prepare(life.signal));
  let usedSlots = false;

  const server = async (id: string, signal: AbortSignal): Promise<LeasedServer> => {
    if (slots !== undefined) {
      try {
        const taken = await slots.take(signal);
        usedSlots = true;
        return taken;
      } catch (error) {
        if (signal.aborted || usedSlots || !isUnfit(error)) throw error;
        host.log('warn', `The image of '${name}' takes one container for each leased server.`, { err: error });
        slots = undefined;
      }
    }
    return startOwnCopy(host, id, await prepare(signal), signal);
  };
  return {
    isolation: 'server',
    ...(inContainers ? { capacity: words === undefined ? dockerCapacity.own : dockerCapacity.shared } : {}),
    creators: words === undefined ? 2 : 4,
    prepare: async (signal) => {
      requireNoReplica(host.service);
      await prepare(signal);
    },
    create: async (id, _needs, signal) => {
      requireNoReplica(host.service);
      return serverSlice(id, host, await server(id, signal));
    },
    close: async () => {
      life.abort(new Error('the environment was stopped'));
      slots?.close();
    },
  };
}

/** A server that does not let its data be read is no reason not to start; its leases begin empty. */
async function seedOf(host: IsolationHost, signal: AbortSignal): Promise<Dump | undefined> {
  const { name } = host.service;
  try {
    return await readSeed(name, redisEndpoint(host.endpoint()), signal);
  } catch (error) {
    signal.throwIfAborted();
    host.log('warn', `Leases of '${name}' begin empty, as its data cannot be read.`, { err: error });
    return undefined;
  }
}

/** Whether the container could not run several servers, which says something of its image. */
function isUnfit(error: unknown): boolean {
  return (
    PortsideError.is(error) && ['SERVICE_EXITED', 'SERVICE_START_FAILED', 'SERVICE_NOT_READY'].includes(error.code)
  );
}

function serverSlice(id: string, host: IsolationHost, server: LeasedServer): Slice {
  const service = host.service.name;
  const kept = new Map<string, Dump>();
  const { endpoint, inner, ended, load } = server;
  const attempt = `keep the data of '${service}'`;
  return {
    id,
    service,
    isolation: 'server',
    name: `${endpoint.host}:${endpoint.port}`,
    endpoint,
    inner,
    ended,
    reset: (signal) => server.reset(signal),
    ...(load === undefined
      ? {}
      : {
          snapshot: async (name: string, signal: AbortSignal) => {
            kept.set(name, await readDump(service, attempt, endpoint, signal));
          },
          restore: async (name: string, signal: AbortSignal) => {
            const data = kept.get(name);
            if (data === undefined) throw unknownSnapshot(service, name, [...kept.keys()]);
            await load(data, signal);
          },
        }),
    remove: once(() =>
      server.remove().catch((error: unknown) => {
        if (!ended.aborted)
          host.log('warn', `Cannot end a leased server of '${service}'; nobody gets it again.`, { err: error });
      }),
    ),
  };
}
