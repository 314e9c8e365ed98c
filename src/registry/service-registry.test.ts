import { expect, test } from 'vitest';
import type { Endpoint, ServiceEvent } from '../model/index.js';
import { ServiceRegistry } from './service-registry.js';

const clock = { time: 1000 };
const makeRegistry = (): ServiceRegistry => new ServiceRegistry({ now: () => clock.time });

function tcp(id: string, name: string, extra: Partial<Endpoint> = {}): Endpoint {
  return {
    id,
    name,
    kind: 'tcp',
    host: '127.0.0.1',
    port: 4000,
    protocol: 'tcp',
    url: 'tcp://127.0.0.1:4000',
    metadata: {},
    status: 'starting',
    registeredAt: clock.time,
    lastHeartbeat: clock.time,
    ports: [],
    ...extra,
  } as Endpoint;
}

test('H43 H45 H48 R7 lookup gives every instance of a name in the order of registration', () => {
  const registry = makeRegistry();
  registry.register(tcp('1', 'kafka'));
  registry.register(tcp('2', 'kafka', { port: 4001 }));
  registry.register(tcp('3', 'other'));
  expect(registry.lookup('kafka').map((endpoint) => endpoint.port)).toEqual([4000, 4001]);
  expect(registry.lookup('nobody')).toEqual([]);
});

test('H46 H119 registering an id again replaces its endpoint and tells it as an update', () => {
  const registry = makeRegistry();
  const events: ServiceEvent[] = [];
  registry.subscribe((event) => events.push(event));
  registry.register(tcp('1', 'kafka'));
  registry.register(tcp('1', 'kafka', { port: 5000 }));
  expect(registry.lookup('kafka').map((endpoint) => endpoint.port)).toEqual([5000]);
  expect(events.map(({ version, type }) => [version, type])).toEqual([
    [1, 'registered'],
    [2, 'updated'],
  ]);
});

test('H49 H51 a status that stays the same is a heartbeat, not an event', () => {
  const registry = makeRegistry();
  registry.register(tcp('1', 'kafka', { status: 'healthy' }));
  clock.time += 50;
  expect(registry.updateStatus('1', 'healthy')).toBe(true);
  expect(registry.version).toBe(1);
  expect(registry.get('1')?.lastHeartbeat).toBe(clock.time);
  registry.updateStatus('1', 'unhealthy');
  expect(registry.version).toBe(2);
  expect(registry.updateStatus('nobody', 'healthy')).toBe(false);
});

test('H42 H50 H120 R7 an endpoint whose time to live has passed is never returned', () => {
  const registry = makeRegistry();
  registry.register(tcp('1', 'kafka', { ttlMs: 100 }));
  clock.time += 99;
  expect(registry.lookup('kafka')).toHaveLength(1);
  clock.time += 1;
  expect([registry.lookup('kafka'), registry.list(), registry.get('1'), registry.snapshot().endpoints]).toEqual([
    [],
    [],
    undefined,
    [],
  ]);
});

test('H40 H47 H118 deregistering removes the endpoint once', () => {
  const registry = makeRegistry();
  registry.register(tcp('1', 'kafka'));
  expect([registry.deregister('1'), registry.deregister('1'), registry.lookup('kafka')]).toEqual([true, false, []]);
});

test('a replica that takes a snapshot and the events after it equals the original', () => {
  const original = makeRegistry();
  const replica = makeRegistry();
  const events: ServiceEvent[] = [];
  original.register(tcp('1', 'kafka'));
  original.register(tcp('2', 'cache'));
  original.subscribe((event) => events.push(event));
  original.updateStatus('1', 'healthy');
  replica.register(tcp('9', 'gone'));
  replica.reset(original.snapshot());
  original.deregister('2');
  original.register(tcp('3', 'api'));
  for (const event of events) replica.apply(event);
  expect(replica.snapshot()).toEqual(original.snapshot());
});

test('a replica ignores events that its snapshot already holds', () => {
  const original = makeRegistry();
  const replica = makeRegistry();
  const events: ServiceEvent[] = [];
  original.subscribe((event) => events.push(event));
  original.register(tcp('1', 'kafka'));
  original.deregister('1');
  replica.reset(original.snapshot());
  for (const event of events) replica.apply(event);
  expect(replica.list()).toEqual([]);
});

test('an endpoint that is registered under another name is found by that one alone', () => {
  const registry = makeRegistry();
  registry.register(tcp('1', 'kafka'));
  registry.register(tcp('1', 'queue'));
  expect(registry.lookup('kafka')).toEqual([]);
  expect(registry.lookup('queue')).toHaveLength(1);
});

test('R7 a heartbeat of an endpoint without a time to live is no event', () => {
  const registry = makeRegistry();
  registry.register(tcp('1', 'kafka'));
  clock.time += 10;
  expect(registry.heartbeat('1')?.lastHeartbeat).toBe(clock.time);
  expect(registry.version).toBe(1);
  expect(registry.heartbeat('none')).toBeUndefined();
  expect(registry.updateHealth('1', true)).toBe(true);
  expect(registry.get('1')?.status).toBe('healthy');
});

test('a replica that takes over a snapshot tells what differs', () => {
  const registry = makeRegistry();
  registry.register(tcp('1', 'gone'));
  registry.register(tcp('2', 'same'));
  registry.register(tcp('3', 'other'));
  const events: string[] = [];
  registry.subscribe(({ type, endpoint }) => events.push(`${type} ${endpoint.id}`));
  const endpoints = [tcp('2', 'same'), tcp('3', 'other', { port: 1 }), tcp('4', 'new')];
  registry.reset({ version: 9, endpoints });
  expect(events).toEqual(['deregistered 1', 'updated 3', 'registered 4']);
  expect(registry.snapshot()).toEqual({ version: 9, endpoints });
});
