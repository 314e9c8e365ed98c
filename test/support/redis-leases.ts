import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterEach } from 'vitest';
import type { Isolator, Slice } from '../../src/isolation/index.js';

const ended: (() => unknown)[] = [];
afterEach(releaseAll);

/** Ends all clients and leases of the test; what is called by itself after each test. */
export async function releaseAll(): Promise<void> {
  await Promise.all(ended.splice(0).map((end) => end()));
}

let count = 0;

/** The time that one step of a test may take. */
export function within(): AbortSignal {
  return AbortSignal.timeout(50_000);
}

/** Leases a slice that is released after the test. */
export async function leaseOf(isolator: Isolator): Promise<Slice> {
  const slice = await isolator.create(`test${String(count++).padStart(6, '0')}`, {}, within());
  ended.push(() => slice.remove());
  return slice;
}

/** Connects with ioredis, as a suite would; the client comes back when its server has, and is ended after the test. */
export function ioredis({ endpoint }: Pick<Slice, 'endpoint'>, more: { url?: string } = {}): Redis {
  const client = new Redis(more.url ?? endpoint.url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
  client.on('error', () => undefined);
  ended.push(() => client.disconnect());
  return client;
}

/** Connects with node-redis, as a suite would; the client is ended after the test. */
export async function nodeRedis({ endpoint }: Pick<Slice, 'endpoint'>) {
  const client = createClient({ url: endpoint.url, socket: { reconnectStrategy: () => 20 } });
  client.on('error', () => undefined);
  ended.push(() => client.isOpen && client.destroy());
  await client.connect();
  return client;
}
