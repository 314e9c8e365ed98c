import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { freeChannel } from '../../test/support/multicast.js';
import { Announcer, Listener } from '../broadcast/index.js';
import { type EnvironmentState, type Frame, noTelemetry } from '../model/index.js';
import { endpointOf, ServiceRegistry } from '../registry/index.js';
import { announceEnvironment } from './announce.js';

const secret = 'the secret of these tests alone';
const wait = { timeout: 30_000, interval: 5 };
const cache = (id: string) =>
  endpointOf(id, { name: 'cache', host: '127.0.0.1', port: 6379, protocol: 'redis', password: 's3cret' }, { now: 0 });

async function setUp(announced = true) {
  const channel = await freeChannel();
  const listeners = new Set<(frame: Frame) => void>();
  const registry = new ServiceRegistry({ now: Date.now });
  const environment = {
    info: { key: 'k1', project: 'shop' },
    registry,
    state: { state: 'starting' } as EnvironmentState,
    subscribe: (listener: (frame: Frame) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const become = (state: 'ready' | 'stopping' | 'stopped'): void => {
    environment.state = { state };
    for (const listener of [...listeners]) listener({ type: 'state', state: { state } });
  };
  const log = vi.fn();
  const settings = { multicastAddress: channel };
  const options = { settings, secret, now: Date.now, telemetry: { ...noTelemetry, log } };
  announceEnvironment(environment, async () => (announced ? options : undefined), log);
  const listener = new Listener({ secret, now: Date.now, channels: [channel] });
  const asking = new Announcer({ secret, now: Date.now, channels: [channel] });
  onTestFinished(async () => {
    become('stopped');
    await listener.stop();
    await asking.stop();
  });
  await listener.start();
  const heard = () => listener.services.lookup('cache').map(({ id }) => id);
  return { registry, become, listener, heard, asking, channel, log };
}

test('H2 H134 an environment announces its healthy services from when it is ready until it stops', async () => {
  const { registry, become, listener, heard } = await setUp();
  registry.register(cache('k1/cache-1'));
  registry.register({ ...cache('k1/cache-2'), status: 'unhealthy' });
  become('ready');
  await expect.poll(heard, wait).toEqual(['k1/cache-1']);
  expect(listener.services.lookup('cache')[0]).toEqual({
    id: 'k1/cache-1',
    name: 'cache',
    host: '127.0.0.1',
    port: 6379,
    protocol: 'redis',
    metadata: { environment: 'k1', project: 'shop' },
  });
  registry.updateHealth('k1/cache-2', true);
  await expect.poll(heard, wait).toEqual(['k1/cache-1', 'k1/cache-2']);
  registry.updateHealth('k1/cache-1', false);
  await expect.poll(heard, wait).toEqual(['k1/cache-2']);
  become('stopping');
  await expect.poll(heard, wait).toEqual([]);
});

test('who comes later and asks hears of it', async () => {
  const { registry, become, heard, asking, channel } = await setUp();
  registry.register(cache('k1/cache-1'));
  become('ready');
  await expect.poll(heard, wait).toEqual(['k1/cache-1']);
  const later = new Listener({ secret, now: Date.now, channels: [channel] });
  onTestFinished(() => later.stop());
  await later.start();
  await expect
    .poll(async () => {
      await asking.ask('cache');
      return later.services.lookup('cache').length;
    }, wait)
    .toBe(1);
});

test('an environment that stops at once is never announced', async () => {
  const { registry, become, listener, log } = await setUp();
  registry.register(cache('k1/cache-1'));
  become('ready');
  become('stopping');
  await sleep(300);
  expect([listener.counts.accepted, log.mock.calls]).toEqual([0, []]);
});

test('H210 an environment whose broadcast is switched off is not announced', async () => {
  const { registry, become, listener, log } = await setUp(false);
  registry.register(cache('k1/cache-1'));
  become('ready');
  await sleep(300);
  become('stopping');
  await sleep(300);
  expect([listener.counts.accepted, log.mock.calls]).toEqual([0, []]);
});
