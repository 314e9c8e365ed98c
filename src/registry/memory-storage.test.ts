import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Endpoint, ServiceEvent } from '../model/index.js';
import { MemoryStorage } from './memory-storage.js';
import { checkBackend, openStorage } from './open-storage.js';
import { endpointOf } from './registration.js';
import { ServiceRegistry } from './service-registry.js';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

const now = (): number => Date.now();
const orders = (id: string, ttlMs?: number): Endpoint =>
  endpointOf(id, { name: 'orders', host: '127.0.0.1', port: 80 }, { now: now(), ttlMs });

async function started(cleanupIntervalMs?: number) {
  const storage = new MemoryStorage(
    new ServiceRegistry({ now }),
    cleanupIntervalMs === undefined ? {} : { cleanupIntervalMs },
  );
  await storage.start();
  const events: ServiceEvent[] = [];
  storage.registry.subscribe((event) => events.push(event));
  return { storage, registry: storage.registry, types: () => events.map(({ type }) => type) };
}

test('H42 H120 followers hear when the time of a service is over, and heartbeats put that off', async () => {
  const { storage, registry, types } = await started();
  await storage.put(orders('1', 2000));
  vi.advanceTimersByTime(1500);
  expect(await storage.heartbeat('1')).toMatchObject({ lastHeartbeat: now() });
  vi.advanceTimersByTime(1900);
  expect(registry.lookup('orders')).toHaveLength(1);
  vi.advanceTimersByTime(200);
  expect(registry.size).toBe(0);
  expect(types()).toEqual(['registered', 'updated', 'deregistered']);
  expect(await storage.heartbeat('1')).toBeUndefined();
  await storage.close();
});

test('H209 what is over is removed at the clean-up interval at the latest, however it came in', async () => {
  const { storage, registry } = await started(30_000);
  registry.register(orders('1', 1000));
  vi.advanceTimersByTime(5000);
  expect([registry.lookup('orders'), registry.size]).toEqual([[], 1]);
  vi.advanceTimersByTime(25_000);
  expect(registry.size).toBe(0);
  await storage.close();
});

test('R7 H119 registering after the time is over replaces, and a second one under the id is an update', async () => {
  const { storage, registry, types } = await started();
  registry.register(orders('1', 1000));
  vi.setSystemTime(now() + 5000);
  await storage.put(orders('1', 1000));
  await storage.put(orders('1', 1000));
  expect(types()).toEqual(['registered', 'registered', 'updated']);
  expect(registry.lookup('orders')).toHaveLength(1);
});

test('a clock that is set back by more than the time to live ends it too', async () => {
  const { storage, registry } = await started();
  await storage.put(orders('1', 60_000));
  vi.setSystemTime(now() - 3_600_000);
  expect(registry.lookup('orders')).toEqual([]);
  await storage.close();
});

test('ifAbsent adds only what is not there, and what is over is not there', async () => {
  const { storage } = await started();
  expect(await storage.put(orders('1', 1000), { ifAbsent: true })).toBe(true);
  expect(await storage.put(orders('1', 1000), { ifAbsent: true })).toBe(false);
  vi.setSystemTime(now() + 1000);
  expect(await storage.put(orders('1', 1000), { ifAbsent: true })).toBe(true);
  await storage.close();
});

test('H51 H122 health is kept, and what is not there has none and cannot be removed', async () => {
  const { storage, registry } = await started();
  await storage.put(orders('1'));
  expect(registry.updateHealth('1', false)).toBe(true);
  expect(registry.get('1')?.status).toBe('unhealthy');
  expect(await storage.setStatus('1', 'healthy')).toBe(true);
  expect(await storage.remove('1')).toBe(true);
  expect([await storage.remove('1'), await storage.setStatus('1', 'healthy')]).toEqual([false, false]);
  await storage[Symbol.asyncDispose]();
  await storage.close();
});

test('H207 R10 the backends are memory and etcd; consul is named as not built yet', async () => {
  await using storage = await openStorage({ backend: 'memory', now });
  expect(storage.backend).toBe('memory');
  expect(() => checkBackend('etcd')).not.toThrow();
  expect(() => checkBackend('consul')).toThrowError(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('consul is not built yet'),
      hint: 'Set storage_backend to memory or etcd.',
    }),
  );
  expect(() => checkBackend('zookeeper')).toThrow('no such storage backend');
});

test('H121 a thousand services register at once, each is there once', async () => {
  const { storage, registry } = await started();
  await Promise.all(Array.from({ length: 1000 }, (_, index) => storage.put(orders(`id-${index % 500}`))));
  expect(registry.lookup('orders')).toHaveLength(500);
  await storage.close();
});

test.each([30 * 86_400_000, Number.POSITIVE_INFINITY])(
  'a clean-up interval of %d ms does not sweep at once',
  async (ms) => {
    vi.useRealTimers();
    const { storage, registry } = await started(ms);
    const sweep = vi.spyOn(registry, 'sweep');
    await sleep(30);
    await storage.close();
    expect(sweep).not.toHaveBeenCalled();
  },
);
