import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { startDnsServer } from '../../test/support/dns-server.js';
import { freeChannel } from '../../test/support/multicast.js';
import { Announcer } from '../broadcast/index.js';
import { defaultPlace } from './default-place.js';
import {
  BroadcastStrategy,
  createDiscoveryClient,
  DefaultPortStrategy,
  type DiscoverySection,
  DnsStrategy,
  loadDiscoveryClient,
  RegistryStrategy,
} from './discovery.js';
import { handshake } from './handshake.js';
import { createRegistryServer, openStorage, RegistryClient } from './registry.js';

/** A busy machine must not make a strategy late. */
const patient = { registry_lookup: '40s', broadcast_wait: '40s', dns_resolution: '40s', overall: '50s' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portside-entry-'));
  vi.stubEnv('PORTSIDE_STATE_DIR', folder);
  vi.stubEnv('PORTSIDE_BROADCAST_SECRET', 'the secret of these tests alone');
  return () => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  };
});

function clientOf(...args: Parameters<typeof createDiscoveryClient>) {
  const client = createDiscoveryClient(...args);
  onTestFinished(() => client.close());
  return client;
}

test('H57 H216 H217 the registry of the section is asked, with the token of the environment', async () => {
  const token = 'a-token-of-the-tests-which-is-long-enough';
  const storage = await openStorage({ backend: 'memory', now: Date.now });
  const server = createRegistryServer({ storage, token });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    await server.close();
    await storage.close();
  });
  vi.stubEnv('PORTSIDE_REGISTRY_TOKEN', token);
  const registry = new RegistryClient({ url, token });
  await registry.register('1', { name: 'orders', host: '127.0.0.1', port: 8080 });
  await registry.close();
  const client = clientOf({ registry_url: url, strategies: ['registry'], timeouts: patient });
  expect(await client.discover('orders')).toMatchObject({ port: 8080 });
});

test('H95 H68 H218 file and overrides come from the section', async () => {
  const file = join(folder, 'services.yaml');
  writeFileSync(file, 'services: { cache: "redis://127.0.0.1:6400", orders: "127.0.0.1:1" }');
  const client = clientOf({
    strategies: ['file'],
    file,
    overrides: { orders: 'http://127.0.0.1:9999' },
    timeouts: { overall: '50s' },
    cache: { enabled: true, ttl: '1m', max_entries: 5 },
  });
  expect((await client.discover('cache')).url).toBe('redis://127.0.0.1:6400/0');
  expect((await client.discover('orders')).url).toBe('http://127.0.0.1:9999');
});

test('H67 the name server and its domain come from the section', async () => {
  const { address } = await startDnsServer({ 'orders.test': [{ type: 'A', address: '10.0.0.7' }] });
  const client = clientOf({
    strategies: ['dns'],
    timeouts: patient,
    dns: { servers: [address], domain: 'test', ports: { orders: 80 } },
  });
  expect(await client.discover('orders')).toMatchObject({ host: '10.0.0.7', port: 80 });
});

test('H3 H66 H211 what is announced on the channel of the section is found, signed with the secret of the user', async () => {
  const channel = await freeChannel();
  const announcer = new Announcer({
    secret: 'the secret of these tests alone',
    now: Date.now,
    channels: [channel],
    intervalMs: 20,
  });
  onTestFinished(() => announcer.stop());
  await announcer.announce('register', { id: '1', name: 'orders', host: '127.0.0.1', port: 8080, protocol: 'http' });
  const client = clientOf(
    { strategies: ['broadcast'], timeouts: patient },
    { broadcast: { multicast_address: channel } },
  );
  expect(await client.discover('orders')).toMatchObject({ url: 'http://127.0.0.1:8080' });
});

test('H4 H69 with every strategy failing, the error tells of each', async () => {
  const channel = await freeChannel();
  const { address } = await startDnsServer({});
  const section: DiscoverySection = {
    registry_url: 'http://127.0.0.1:1',
    timeouts: { ...patient, broadcast_wait: 20 },
    dns: { servers: [address] },
  };
  const client = clientOf(section, { broadcast: { multicast_address: channel } });
  const error = await client.discover('nobody').catch((thrown) => thrown);
  expect(error.code).toBe('DISCOVERY_FAILED');
  for (const strategy of ['default', 'registry', 'broadcast', 'dns'])
    expect(error.message).toContain(`\n  ${strategy} (`);
});

test('H64 R4 a web service at its default place is known by its health path', async () => {
  let status = 200;
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/health' ? status : 500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const look = () => handshake({ kind: 'http', host: '127.0.0.1', port }, AbortSignal.timeout(10_000));
  expect(await look()).toEqual({ ok: true });
  status = 404;
  expect(await look()).toEqual({ ok: false, reason: 'HTTP 404' });
});

test('H101 H102 H103 H104 each strategy has the time of the requirements', () => {
  const now = Date.now;
  const strategies = [
    new DefaultPortStrategy({ placeOf: () => undefined, handshake, now }),
    new RegistryStrategy({ registry: () => undefined }),
    new BroadcastStrategy({ listener: () => expect.unreachable(), channel: '', now }),
    new DnsStrategy({ now }),
  ];
  expect(strategies.map(({ name, timeoutMs }) => [name, timeoutMs])).toEqual([
    ['default', 100],
    ['registry', 1000],
    ['broadcast', 5000],
    ['dns', 2000],
  ]);
});

test.each([
  ['postgres-primary', { kind: 'postgres', port: 5432 }],
  ['orders-db', { kind: 'postgres', port: 5432 }],
  ['cache', { kind: 'redis', port: 6379 }],
  ['orders-api', { kind: 'http', port: 8080 }],
  ['mysql', undefined],
  ['memcached', undefined],
  ['grpc-gateway', undefined],
  ['worker', undefined],
])('H37 H64 the default place of %s is %j', (name, place) => {
  expect(defaultPlace(name)).toEqual(place);
});

test('the default place has the login that is known', () => {
  expect(defaultPlace('cache', { password: 'x' })).toEqual({
    kind: 'redis',
    port: 6379,
    credentials: { password: 'x' },
  });
});

test('H215 discovery that is switched off, a file strategy without file, and an unknown key are refused', () => {
  for (const section of [{ enabled: false }, { strategies: ['file'] }, { strategy: [] }]) {
    expect(() => createDiscoveryClient(section as DiscoverySection)).toThrowError(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  }
});

test('a file is named from the folder of the configuration', async () => {
  writeFileSync(join(folder, 'services.json'), '{"cache": "redis://127.0.0.1:6400"}');
  writeFileSync(
    join(folder, 'portside.config.json'),
    '{"discovery": {"strategies": ["file"], "file": "services.json"}}',
  );
  await using client = await loadDiscoveryClient({ cwd: folder });
  expect(await client.discover('cache')).toMatchObject({ port: 6400 });
});

test('R11 the sections of a configuration file are read', async () => {
  writeFileSync(
    join(folder, 'portside.config.mjs'),
    `export default { broadcast: { enabled: false }, discovery: { strategies: ['broadcast'], overrides: { a: '127.0.0.1:5' } } };`,
  );
  await using client = await loadDiscoveryClient({ cwd: folder });
  expect(await client.discover('a')).toMatchObject({ port: 5 });
  await expect(client.discover('b')).rejects.toThrow('there is no strategy');
});
