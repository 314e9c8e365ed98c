import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { tls } from '../../test/support/tls.js';
import type { ServiceEvent } from '../model/index.js';
import { openStorage, RegistryClient, ServiceRegistry } from '../registry/index.js';
import { createTelemetry } from '../telemetry/index.js';
import type { AuditEntry } from './audit.js';
import { createRegistryServer, type RegistryServerOptions } from './registry-server.js';

const token = 'a-token-of-the-tests-which-is-long-enough';
const orders = { name: 'orders', host: '127.0.0.1', port: 8080, protocol: 'http' };
const clock = { time: 1_000_000 };

async function serve(options: Partial<RegistryServerOptions> = {}) {
  clock.time = 1_000_000;
  const storage = await openStorage({ backend: 'memory', now: () => clock.time });
  const audit: AuditEntry[] = [];
  const server = createRegistryServer({ storage, token, audit: (entry) => audit.push(entry), ...options });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const url = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const client = new RegistryClient({ url, token, ca: tls.cert });
  onTestFinished(async () => {
    await client.close();
    await server.close();
    await storage.close();
  });
  const request = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  return { client, server, audit, url, request, registry: storage.registry };
}

const bearer = { authorization: `Bearer ${token}` };

test('H46 H47 H48 H50 H117 H118 H200 services register, are looked up, listed, and deregister', async () => {
  const { client, audit } = await serve();
  expect(await client.register('orders-1', orders)).toMatchObject({ id: 'orders-1', url: 'http://127.0.0.1:8080' });
  await client.register('orders-2', { ...orders, port: 8081 });
  expect((await client.lookup('orders')).map(({ port }) => port)).toEqual([8080, 8081]);
  expect(await client.list()).toHaveLength(2);
  expect([await client.deregister('orders-1'), await client.deregister('orders-1')]).toEqual([true, false]);
  expect((await client.lookup('orders')).map(({ id }) => id)).toEqual(['orders-2']);
  expect(await client.lookup('nobody')).toEqual([]);
  expect(audit).toEqual([
    { action: 'register', id: 'orders-1', name: 'orders', source: '127.0.0.1' },
    { action: 'register', id: 'orders-2', name: 'orders', source: '127.0.0.1' },
    { action: 'deregister', id: 'orders-1', name: 'orders', source: '127.0.0.1' },
  ]);
});

test('H51 H208 registrations hold for the default time to live; heartbeats lengthen it, health is told', async () => {
  const { client, registry } = await serve({ defaultTtlMs: 5000 });
  expect(await client.register('orders-1', orders)).toMatchObject({ ttlMs: 5000 });
  clock.time += 4000;
  expect(await client.heartbeat('orders-1')).toBe(true);
  clock.time += 4000;
  expect(await client.updateHealth('orders-1', false)).toBe(true);
  expect((await client.lookup('orders')).map(({ status }) => status)).toEqual(['unhealthy']);
  clock.time += 5000;
  expect(await client.lookup('orders')).toEqual([]);
  expect([await client.heartbeat('orders-1'), await client.updateHealth('orders-1', true)]).toEqual([false, false]);
  expect(registry.get('orders-1')).toBeUndefined();
});

test('a registration that is kept beats, and registers anew when the registry has forgotten it', async () => {
  const { client, registry } = await serve();
  const kept = await client.keep('orders-1', orders, { intervalMs: 5 });
  const beaten = registry.version;
  await expect.poll(() => registry.version, { timeout: 30_000 }).toBeGreaterThan(beaten + 2);
  registry.deregister('orders-1');
  await expect.poll(() => registry.lookup('orders').length, { timeout: 30_000 }).toBe(1);
  await kept.deregister();
  await kept.deregister();
  expect(registry.lookup('orders')).toEqual([]);
});

test('a registration is kept whose time to live is no multiple of three', async () => {
  const { client, registry } = await serve();
  const errors: unknown[] = [];
  const kept = await client.keep('orders-1', { ...orders, ttlMs: 2000 }, { onError: (error) => errors.push(error) });
  const registered = registry.version;
  await expect.poll(() => registry.version + errors.length, { timeout: 30_000 }).toBeGreaterThan(registered);
  expect(errors).toEqual([]);
  await kept.deregister();
});

test('create-if-absent refuses an id that is taken', async () => {
  const { client } = await serve();
  await client.register('orders-1', orders, { ifAbsent: true });
  await expect(client.register('orders-1', orders, { ifAbsent: true })).rejects.toMatchObject({
    code: 'REGISTRY_CONFLICT',
  });
});

test('P19 GET /api/handlers shows every service as a handler', async () => {
  const { client, request } = await serve();
  await client.register('A', { name: 'handler', host: '127.0.0.1', port: 54_321, metadata: { methods: 'sum,mean' } });
  const answer = await request('GET', '/api/handlers', bearer);
  expect(await answer.json()).toEqual({
    handlers: [{ handler_id: 'A', address: 'tcp://127.0.0.1:54321', methods: ['sum', 'mean'] }],
  });
});

test.each([
  ['no token', {}],
  ['a wrong token', { authorization: `Bearer ${token.replace('a', 'b')}` }],
  ['an empty token', { authorization: 'Bearer ' }],
  ['a token that is longer', { authorization: `Bearer ${token}x` }],
  ['another scheme', { authorization: `Basic ${token}` }],
])('P22 H193 H199 with %s every request is 401 and an audit line, and nothing is leaked', async (_, headers) => {
  const { client, request, audit, registry } = await serve();
  await client.register('secret-service', { ...orders, name: 'secret-service', user: 'u', password: 's3cret' });
  audit.length = 0;
  const bodies = new Set<string>();
  const calls = [
    ['GET', '/v1/services'],
    ['GET', '/v1/services/secret-service'],
    ['GET', '/v1/services/nobody'],
    ['GET', '/v1/events'],
    ['GET', '/api/handlers'],
    ['GET', '/metrics'],
    ['GET', '/no/such/route'],
    ['PUT', '/v1/services/forged'],
    ['DELETE', '/v1/services/secret-service'],
    ['POST', '/v1/services/secret-service/heartbeat'],
    ['POST', '/v1/services/secret-service/health'],
  ] as const;
  for (const [method, path] of calls) {
    const body = method === 'PUT' ? JSON.stringify(orders) : undefined;
    const sent = { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const answer = await request(method, path, sent as Record<string, string>, body);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    bodies.add(await answer.text());
  }
  expect(bodies.size).toBe(1);
  expect(`${[...bodies]}`).not.toMatch(/secret-service|s3cret|a-token/);
  expect(audit).toEqual(
    calls.map(([method, path]) => ({ action: 'refuse', source: '127.0.0.1', method, path, status: 401 })),
  );
  expect(JSON.stringify(audit)).not.toContain('token');
  expect(registry.list().map(({ id, status }) => [id, status])).toEqual([['secret-service', 'healthy']]);
});

test('H178 H188 the metrics are given to whoever has the token, in the format of Prometheus', async () => {
  const telemetry = createTelemetry();
  const { client, request } = await serve({ telemetry, metering: () => telemetry.metrics.exposition() });
  await client.register('orders-1', orders);
  await client.lookup('orders');
  const answer = await request('GET', '/metrics', bearer);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await answer.text()).toContain('discovery_service_lookups_total{service_name="orders",result="success"} 1');
  expect((await (await serve()).request('GET', '/metrics', bearer)).status).toBe(404);
});

test('only /healthz answers without a token, and says nothing else', async () => {
  const { request } = await serve();
  expect(await (await request('GET', '/healthz')).json()).toEqual({ status: 'ok' });
});

test('a client with a wrong token is told so', async () => {
  const { url } = await serve();
  const client = new RegistryClient({ url, token: 'wrong' });
  await expect(client.lookup('orders')).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
  await expect(
    client.follow(
      () => {},
      () => {},
    ),
  ).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
  await client.close();
});

test('a token of less than 128 bits is refused', async () => {
  await expect(serve({ token: 'short' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test('H194 changes and refusals are limited by address, look-ups are not, and a flood of refusals is one line', async () => {
  const { client, request, audit } = await serve({ rateLimit: { requests: 3, perMs: 3_600_000 } });
  for (const id of ['1', '2', '3']) await client.register(id, orders);
  await expect(client.register('4', orders)).rejects.toMatchObject({ code: 'REGISTRY_RATE_LIMITED' });
  for (let count = 0; count < 10; count++) expect(await client.lookup('orders')).toHaveLength(3);
  const statuses = [];
  for (let count = 0; count < 10; count++) statuses.push((await request('GET', '/v1/services')).status);
  expect(statuses).toEqual([401, 401, 401, ...Array(7).fill(429)]);
  expect(audit.filter(({ status }) => status === 401)).toHaveLength(3);
  expect((await request('DELETE', '/v1/services/1', bearer)).status).toBe(429);
  expect(audit.at(-1)).toMatchObject({ action: 'refuse', method: 'DELETE', status: 429, omitted: 7 });
});

test('a registry that is full takes no more, but updates', async () => {
  const { client } = await serve({ maxServices: 1 });
  await client.register('1', orders);
  await expect(client.register('2', orders)).rejects.toThrow('the registry is full');
  await client.register('1', { ...orders, port: 8081 });
});

test.each([
  ['no JSON', '{', 400],
  ['a wrong port', JSON.stringify({ ...orders, port: 0 }), 400],
  ['a body of a megabyte', JSON.stringify({ ...orders, version: 'x'.repeat(1_000_000) }), 413],
])('%s is refused and changes nothing', async (_, body, status) => {
  const { request, registry } = await serve();
  const answer = await request('PUT', '/v1/services/1', { ...bearer, 'content-type': 'application/json' }, body);
  expect(answer.status).toBe(status);
  expect(await answer.json()).toHaveProperty('error.code');
  expect(registry.list()).toEqual([]);
});

test('H159 many clients register, beat and look up at once, and each gets its own answer', async () => {
  const { client, registry } = await serve({ rateLimit: false });
  const numbers = Array.from({ length: 300 }, (_, index) => index);
  await Promise.all(
    numbers.map(async (number) => {
      const name = `service-${number}`;
      await client.register(`${name}-1`, { ...orders, name, port: 1000 + number });
      expect(await client.heartbeat(`${name}-1`)).toBe(true);
      expect((await client.lookup(name)).map(({ port }) => port)).toEqual([1000 + number]);
    }),
  );
  expect(registry.size).toBe(300);
});

test('an id may be long and hold slashes', async () => {
  const { client, registry } = await serve();
  const id = `${'x'.repeat(200)}/orders-1`;
  await client.register(id, orders);
  expect(registry.get(id)).toBeDefined();
});

test('H62 the event stream gives what is there, then every change', async () => {
  const { client, registry } = await serve();
  await client.register('1', orders);
  const replica = new ServiceRegistry({ now: () => clock.time });
  const events: ServiceEvent[] = [];
  const end = await client.follow(
    (frame) => {
      if (frame.type === 'snapshot') replica.reset(frame.registry);
      else {
        replica.apply(frame.event);
        events.push(frame.event);
      }
    },
    () => {},
  );
  expect(replica.list()).toEqual(registry.list());
  await client.register('2', orders);
  await client.deregister('1');
  await expect.poll(() => events.map(({ type }) => type), { timeout: 30_000 }).toEqual(['registered', 'deregistered']);
  expect(replica.snapshot()).toEqual(registry.snapshot());
  end();
});

test('whoever follows is told when the server is gone', async () => {
  const { client, server } = await serve();
  let tell = (_: unknown): void => {};
  const lost = new Promise((resolve) => {
    tell = resolve;
  });
  await client.follow(() => {}, tell);
  await server.close();
  expect(await lost).toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  await expect(client.list()).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
});

test('H198 with a certificate the registry speaks TLS, and clients check it', async () => {
  const { client, url } = await serve({ tls });
  await client.register('1', orders);
  expect(await client.lookup('orders')).toHaveLength(1);
  const distrustful = new RegistryClient({ url, token });
  await expect(distrustful.lookup('orders')).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  await distrustful.close();
  await expect(plainGet(url.replace('https', 'http'))).rejects.toThrow();
});

function plainGet(url: string): Promise<unknown> {
  return new Promise((resolve, reject) => get(url, resolve).on('error', reject));
}
