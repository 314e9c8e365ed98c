import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DiscoveryClient } from '../../src/discovery/index.js';
import { type HealthChange, HealthMonitor, watchRegistry } from '../../src/health/index.js';
import { type Endpoint, type EndpointStatus, endpointOfKind } from '../../src/model/index.js';
import { PortAllocator } from '../../src/ports/index.js';
import { ServiceRegistry } from '../../src/registry/index.js';

const host = '127.0.0.1';

/** Runs an HTTP server whose health can be changed, until the test has finished. */
async function instance(answer?: RequestListener) {
  const state = { status: 200 };
  const server = createServer(answer ?? ((_request, response) => response.writeHead(state.status).end()));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return { state, port: (server.address() as AddressInfo).port };
}

function endpoint(id: string, port: number, status: EndpointStatus = 'healthy'): Endpoint {
  const base = { id, name: 'orders', host, port, metadata: {}, status, registeredAt: 0, lastHeartbeat: 0, ports: [] };
  return endpointOfKind('http', base, { protocol: 'http', healthPath: '/health' });
}

function watched(options = {}) {
  const registry = new ServiceRegistry({ now: () => 0 });
  const monitor = new HealthMonitor({ intervalMs: 10, failureThreshold: 1, timeoutMs: 60_000 });
  const unwatch = watchRegistry(monitor, registry, options);
  onTestFinished(() => monitor.close());
  // As a client that follows a registry: it is told of changes, and asks for what it is not told.
  const client = new DiscoveryClient({
    strategies: [
      {
        name: 'registry',
        timeoutMs: 60_000,
        describe: () => 'the registry of this process',
        find: async (name) => registry.lookup(name),
        onChange: (listener) => registry.subscribe(({ endpoint }) => listener(endpoint.name)),
      },
    ],
  });
  onTestFinished(() => client.close());
  /** Resolves when the instance has this status in the registry. */
  const becomes = (id: string, status: EndpointStatus) =>
    new Promise<void>((resolve) => {
      const check = (): void => {
        if (registry.get(id)?.status === status) resolve();
      };
      onTestFinished(registry.subscribe(check));
      check();
    });
  return { registry, monitor, client, becomes, unwatch };
}

test('H91 H92 H93 H142 H143 an instance that fails is unhealthy in the registry, and clients are given the other one', async () => {
  const { registry, client, becomes } = watched();
  const [first, second] = [await instance(), await instance()];
  registry.register(endpoint('1', first.port));
  registry.register(endpoint('2', second.port));
  expect((await client.discover('orders')).id).toBe('1');
  first.state.status = 503;
  await becomes('1', 'unhealthy');
  expect((await client.discover('orders')).id).toBe('2');
  expect((await client.discoverAll('orders')).map(({ id }) => id)).toEqual(['2']);
  first.state.status = 200;
  await becomes('1', 'healthy');
  expect((await client.discover('orders')).id).toBe('1');
});

test('H91 R7 an instance that hangs delays no look-up and no other check', async () => {
  const { registry, client, becomes } = watched();
  const [hung, fine] = [await instance(() => undefined), await instance()];
  registry.register(endpoint('1', hung.port, 'starting'));
  registry.register(endpoint('2', fine.port));
  fine.state.status = 500;
  await becomes('2', 'unhealthy');
  fine.state.status = 200;
  await becomes('2', 'healthy');
  expect((await client.discover('orders')).id).toBe('2');
  expect(registry.get('1')?.status).toBe('starting');
});

test('H94 an instance that registers as starting is healthy once its checks pass, and not before', async () => {
  const { registry, client, becomes } = watched();
  const first = await instance();
  first.state.status = 503;
  registry.register(endpoint('1', first.port, 'starting'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(registry.get('1')?.status).toBe('starting');
  first.state.status = 200;
  await becomes('1', 'healthy');
  expect((await client.discover('orders')).id).toBe('1');
});

test('H94 a service that registers with another password, user, database or kind is checked with that', async () => {
  let accepted = 'old';
  const asked: unknown[] = [];
  const { registry, becomes } = watched({
    checkOf: (endpoint: Endpoint) => {
      const { password } = endpoint as { password?: string };
      asked.push([endpoint.kind, password]);
      return async () => (password === accepted ? { ok: true } : { ok: false, reason: 'wrong password' });
    },
  });
  const base = { id: '1', name: 'cache', host, port: 1, metadata: {}, registeredAt: 0, lastHeartbeat: 0, ports: [] };
  const cache = (kind: 'redis' | 'tcp', password: string): Endpoint =>
    endpointOfKind(kind, { ...base, status: 'healthy' }, { protocol: kind, credentials: { password } });
  registry.register(cache('redis', 'old'));
  accepted = 'new';
  registry.register(cache('redis', 'new'));
  registry.register(cache('redis', 'new'));
  registry.register(cache('tcp', 'new'));
  expect(asked).toEqual([
    ['redis', 'old'],
    ['redis', 'new'],
    ['tcp', 'new'],
  ]);
  accepted = 'other';
  await becomes('1', 'unhealthy');
  accepted = 'new';
  await becomes('1', 'healthy');
});

test('H91 H92 H94 H150 a real Redis server that hangs is unhealthy until it answers again, and gone when it was killed', async () => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'portside-health-'));
  onTestFinished(() => rmSync(stateFolder, { recursive: true }));
  await using ports = new PortAllocator({ stateFolder, portRanges: {} });
  const port = await ports.allocatePort('redis');
  const server = spawn('redis-server', ['--port', `${port}`, '--bind', host, '--save', ''], { stdio: 'ignore' });
  onTestFinished(() => void server.kill('SIGKILL'));
  const { registry, becomes } = watched({ timeoutMs: 1000 });
  const base = { id: 'cache-1', name: 'cache', host, port, metadata: {}, registeredAt: 0, lastHeartbeat: 0, ports: [] };
  registry.register(endpointOfKind('redis', { ...base, status: 'unhealthy' }, { protocol: 'redis' }));
  await becomes('cache-1', 'healthy');
  server.kill('SIGSTOP');
  await becomes('cache-1', 'unhealthy');
  server.kill('SIGCONT');
  await becomes('cache-1', 'healthy');
  server.kill('SIGKILL');
  await becomes('cache-1', 'unhealthy');
});

test('H94 a service is checked as its owner says, and only while it is registered at that place', async () => {
  const asked: string[] = [];
  let changed = (_change: HealthChange): void => {};
  const { registry, monitor, becomes, unwatch } = watched({
    checkOf: ({ id, port }: Endpoint) => {
      if (id === 'unchecked') return undefined;
      asked.push(`${id}:${port}`);
      return async () => (port === 1 ? { ok: false, reason: 'by hand' } : { ok: true });
    },
  });
  onTestFinished(monitor.subscribe((change) => changed(change)));
  registry.register(endpoint('unchecked', 1));
  const change = new Promise<HealthChange>((resolve) => {
    changed = resolve;
  });
  registry.register(endpoint('1', 1));
  expect(await change).toEqual({ id: '1', healthy: false, reason: 'by hand' });
  await becomes('1', 'unhealthy');
  registry.register(endpoint('1', 2, 'unhealthy'));
  await becomes('1', 'healthy');
  expect(asked).toEqual(['1:1', '1:2']);
  registry.deregister('1');
  expect([monitor.isHealthy('1'), monitor.isHealthy('unchecked')]).toEqual([undefined, undefined]);
  registry.register(endpoint('2', 2));
  unwatch();
  registry.register(endpoint('3', 2));
  expect([monitor.isHealthy('2'), monitor.isHealthy('3')]).toEqual([undefined, undefined]);
});

test('H94 a service whose check cannot be made is unhealthy, and whoever is told after it hears of it all the same', async () => {
  const { registry, monitor, becomes } = watched({
    checkOf: ({ port }: Endpoint) => {
      if (port === 1) throw new URIError('URI malformed');
      return async () => ({ ok: true });
    },
  });
  const told: string[] = [];
  registry.subscribe(({ endpoint }) => told.push(endpoint.id));
  const change = new Promise<HealthChange>((resolve) => onTestFinished(monitor.subscribe(resolve)));
  registry.register(endpoint('1', 1));
  expect(told).toEqual(['1']);
  expect(await change).toEqual({ id: '1', healthy: false, reason: 'URI malformed' });
  await becomes('1', 'unhealthy');
  registry.register(endpoint('1', 2));
  expect(monitor.isHealthy('1')).toBe(true);
});
