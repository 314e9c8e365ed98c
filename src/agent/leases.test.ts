import { expect, test } from 'vitest';
import { PortsideError } from '../model/index.js';
import { Fork, type LeaseCarrier } from './leases.js';

type Leased = Awaited<ReturnType<LeaseCarrier['lease']>>['leases'][number];

function leased(service: string, isolation: string): Leased {
  const endpoint = { name: service, kind: 'redis', host: '127.0.0.1', port: 1, url: `redis://${service}`, ports: [] };
  return { id: `id-${service}`, service, isolation, name: service, endpoint } as unknown as Leased;
}

/** A fork whose agent has these services, and what the agent was asked for. */
function forkOf(services: readonly Leased[]) {
  const asked: string[] = [];
  const carrier: LeaseCarrier = {
    lease: async (request) => {
      asked.push(`lease ${request.services?.join(' ') ?? 'all'} ${request.fork ?? 'new'}`);
      return { id: 'fork', leases: services.filter(({ service }) => request.services?.includes(service) ?? true) };
    },
    reset: async (id) => void asked.push(`reset ${id}`),
    snapshot: async (id, name) => void asked.push(`snapshot ${id} ${name}`),
    restore: async (id, name) => void asked.push(`restore ${id} ${name}`),
    release: async (id) => void asked.push(`release ${id}`),
  } as LeaseCarrier;
  return { fork: new Fork(carrier, {}), carrier, asked };
}

const cache = leased('cache', 'server');
const api = leased('api', 'copy');

test('a fork leases each service once, all in one fork', async () => {
  const { fork, asked } = forkOf([cache, api]);
  expect(fork.document).toBeUndefined();
  expect((await fork.discover('cache')).url).toBe('redis://cache');
  await fork.lease('cache');
  await fork.extend(['cache']);
  await fork.extend(undefined);
  expect(asked).toEqual(['lease cache new', 'lease all fork']);
  expect(fork.document).toMatchObject({ id: 'fork', leases: [{ service: 'cache' }, { service: 'api' }] });
  expect(fork.variables()).toMatchObject({ CACHE_URL: 'redis://cache', API_URL: 'redis://api' });
});

test('a fork resets what its copies are wired to before the copies', async () => {
  const { fork, asked } = forkOf([api, cache]);
  await fork.extend(undefined);
  asked.splice(0);
  await fork.reset();
  expect(asked).toEqual(['reset id-cache', 'reset id-api']);
});

test('a lease keeps and restores its state, and is leased anew after its release', async () => {
  const { fork, asked } = forkOf([cache]);
  const lease = await fork.lease('cache');
  await lease.snapshot('seeded');
  await lease.restore('seeded');
  await lease.release();
  expect(fork.leases).toEqual([]);
  await lease[Symbol.asyncDispose]();
  await fork.lease('cache');
  expect(asked.slice(1)).toEqual([
    ...['snapshot id-cache seeded', 'restore id-cache seeded'],
    ...['release id-cache', 'release id-cache', 'lease cache fork'],
  ]);
});

test('a fork that was released leases nothing, and an agent that gives nothing is told of', async () => {
  const { fork, asked } = forkOf([]);
  await expect(fork.lease('cache')).rejects.toMatchObject({ code: 'LEASE_FAILED' });
  await fork[Symbol.asyncDispose]();
  await fork.release();
  expect(asked).toEqual(['lease cache new', 'release fork']);
  await expect(fork.lease('cache')).rejects.toMatchObject({ code: 'LEASE_UNKNOWN' });
  const unused = forkOf([]);
  await unused.fork.release();
  expect(unused.asked).toEqual([]);
});

test('a borrowed fork has what its holder has, and ends nothing', async () => {
  const { fork, carrier, asked } = forkOf([cache, api]);
  await fork.lease('cache');
  const { document } = fork;
  if (document === undefined) throw new Error('it has leases');
  const borrowed = Fork.borrowed(carrier, document);
  expect((await borrowed.discover('cache')).url).toBe('redis://cache');
  const refused = borrowed.lease('api');
  await expect(refused).rejects.toMatchObject({ code: 'LEASE_UNSUPPORTED', hint: expect.stringContaining('shared') });
  await expect(refused).rejects.toBeInstanceOf(PortsideError);
  await borrowed.release();
  expect(asked).toEqual(['lease cache new']);
});
