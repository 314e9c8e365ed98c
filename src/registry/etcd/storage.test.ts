import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ReadableStream } from 'node:stream/web';
import { expect, onTestFinished, test } from 'vitest';
import { describeWithEtcd, startEtcd } from '../../../test/support/etcd.js';
import type { Endpoint } from '../../model/index.js';
import { endpointOf } from '../registration.js';
import { EtcdGateway } from './gateway.js';
import { EtcdStorage, type EtcdStorageOptions } from './storage.js';

const orders = (id: string, extra: { ttlMs?: number; port?: number; status?: Endpoint['status'] } = {}): Endpoint =>
  endpointOf(id, { name: 'orders', host: '127.0.0.1', port: 8080, ...extra }, { now: Date.now() });

async function open(url: string, extra: Partial<EtcdStorageOptions> = {}): Promise<EtcdStorage> {
  const storage = new EtcdStorage({ endpoints: [url], now: Date.now, ...extra });
  onTestFinished(() => storage.close());
  await storage.start();
  return storage;
}

/** Passes requests on to etcd; what `before` does with the next one of a path is done before that. Gives its address. */
async function between(url: string) {
  const before = new Map<string, () => Promise<unknown>>();
  const server = createServer(async (request, response) => {
    const [path, body] = [request.url ?? '', await text(request)];
    const first = before.get(path);
    before.delete(path);
    await first?.();
    const stop = new AbortController();
    response.on('close', () => stop.abort());
    const answer = await fetch(`${url}${path}`, { method: 'POST', body, signal: stop.signal });
    response.writeHead(answer.status);
    Readable.fromWeb(answer.body as ReadableStream)
      .on('error', () => response.destroy())
      .pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, before };
}

const ids = ({ registry }: EtcdStorage): string[] => registry.lookup('orders').map(({ id }) => id);
const wait = { timeout: 50_000, interval: 10 };

describeWithEtcd('the etcd storage', () => {
  test('two registries see what either changes, and what was there before', async () => {
    const { url } = await startEtcd();
    const one = await open(url);
    await one.put(orders('1'));
    const two = await open(url);
    expect(ids(two)).toEqual(['1']);
    await two.put(orders('2', { port: 8081 }));
    expect(ids(two)).toEqual(['1', '2']);
    await expect.poll(() => ids(one), wait).toEqual(['1', '2']);
    await one.setStatus('2', 'unhealthy');
    await expect.poll(() => two.registry.get('2')?.status, wait).toBe('unhealthy');
    expect(await two.remove('1')).toBe(true);
    expect([await two.remove('1'), ids(two)]).toEqual([false, ['2']]);
    await expect.poll(() => ids(one), wait).toEqual(['2']);
  });

  test('a heartbeat keeps what has a time to live, until etcd has ended that', async () => {
    const { url } = await startEtcd();
    const storage = await open(url);
    await storage.start();
    await storage.put(orders('1', { ttlMs: 60_000 }));
    await storage.put(orders('2'));
    expect(await storage.heartbeat('1')).toMatchObject({ id: '1' });
    expect(await storage.heartbeat('2')).toMatchObject({ id: '2' });
    expect(await storage.heartbeat('none')).toBeUndefined();
    // What is registered again keeps its lease.
    await storage.put(orders('1', { ttlMs: 60_000, port: 8081 }));
    const gateway = new EtcdGateway({ endpoints: [url] });
    const { leases = [] } = await gateway.call<{ leases?: { ID: string }[] }>('/v3/lease/leases', {});
    expect(leases).toHaveLength(1);
    await gateway.call('/v3/lease/revoke', { ID: leases[0]?.ID });
    expect(await storage.heartbeat('1')).toBeUndefined();
    await expect.poll(() => ids(storage), wait).toEqual(['2']);
    expect([await storage.setStatus('1', 'healthy'), await storage.setStatus('2', 'healthy')]).toEqual([false, true]);
    expect(await storage.setStatus('2', 'healthy')).toBe(true);
  });

  test('a status does not bring back what was deregistered meanwhile, nor move back what has moved', async () => {
    const { url } = await startEtcd();
    const { url: passing, before } = await between(url);
    const one = await open(passing);
    const two = await open(url);
    await one.put(orders('gone', { ttlMs: 60_000 }));
    await one.put(orders('moved', { ttlMs: 60_000 }));
    before.set('/v3/kv/txn', () => two.remove('gone'));
    expect(await one.setStatus('gone', 'unhealthy')).toBe(false);
    before.set('/v3/kv/txn', () => two.put(orders('moved', { port: 9000, ttlMs: 30_000 })));
    expect(await one.setStatus('moved', 'unhealthy')).toBe(true);
    const third = await open(url);
    expect(third.registry.list()).toMatchObject([{ id: 'moved', port: 9000, ttlMs: 30_000, status: 'unhealthy' }]);
    await expect.poll(() => one.registry.list(), wait).toEqual(third.registry.list());
    // It still holds by its lease.
    expect(await one.heartbeat('moved')).toMatchObject({ port: 9000 });
  });

  test('what is deregistered leaves no lease behind, and can be registered at the same moment', async () => {
    const { url } = await startEtcd();
    const { url: passing, before } = await between(url);
    const one = await open(passing);
    const two = await open(url);
    await one.put(orders('1', { ttlMs: 60_000 }));
    await expect.poll(() => ids(two), wait).toEqual(['1']);
    before.set('/v3/kv/txn', () => two.remove('1'));
    expect(await one.put(orders('1', { ttlMs: 60_000, port: 9000 }))).toBe(true);
    await expect.poll(() => two.registry.get('1')?.port, wait).toBe(9000);
    expect(await two.remove('1')).toBe(true);
    const gateway = new EtcdGateway({ endpoints: [url] });
    expect((await gateway.call<{ leases?: unknown[] }>('/v3/lease/leases', {})).leases ?? []).toEqual([]);
    await expect.poll(() => [ids(one), ids(two)], wait).toEqual([[], []]);
  });

  test('create-if-absent lets one of many win', async () => {
    const { url } = await startEtcd();
    const storages = await Promise.all(Array.from({ length: 4 }, () => open(url)));
    const won = await Promise.all(
      storages.map((storage, port) => storage.put(orders('1', { port: 9000 + port }), { ifAbsent: true })),
    );
    expect(won.filter((one) => one)).toHaveLength(1);
    for (const { registry } of storages) {
      await expect.poll(() => registry.get('1')?.port, wait).toBe(9000 + won.indexOf(true));
    }
  });

  test('a service whose heartbeats end is gone everywhere after its time to live; one that beats stays', async () => {
    const { url } = await startEtcd();
    const one = await open(url);
    const two = await open(url);
    await one.put(orders('silent', { ttlMs: 5000 }));
    await one.put(orders('beating', { ttlMs: 5000 }));
    await expect.poll(() => ids(two).length, wait).toBe(2);
    // Heartbeats may come by any of the registries.
    const beats = setInterval(() => void two.heartbeat('beating').catch(() => undefined), 200);
    onTestFinished(() => clearInterval(beats));
    await expect.poll(() => ids(two), wait).toEqual(['beating']);
    await expect.poll(() => ids(one), wait).toEqual(['beating']);
    expect(await one.heartbeat('silent')).toBeUndefined();
    expect(await one.heartbeat('beating')).toMatchObject({ id: 'beating' });
  });

  test('etcd restarts: what was there is there, and changes arrive again', async () => {
    const etcd = await startEtcd();
    const log: string[] = [];
    const one = await open(etcd.url, { log: (_, message) => log.push(message) });
    const two = await open(etcd.url);
    await one.put(orders('1', { ttlMs: 60_000 }));
    await expect.poll(() => ids(two), wait).toEqual(['1']);
    await etcd.kill();
    await expect.poll(() => one.connected || two.connected, wait).toBe(false);
    expect([ids(one), ids(two)]).toEqual([['1'], ['1']]);
    await expect(one.put(orders('2'))).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
    await etcd.restart();
    await expect.poll(() => one.connected && two.connected, wait).toBe(true);
    expect(await one.heartbeat('1')).toBeDefined();
    await one.put(orders('2'));
    await expect.poll(() => ids(two), wait).toEqual(['1', '2']);
    expect(log).toEqual(['etcd does not answer', 'etcd answers again']);
  });

  test('etcd is replaced by an empty one: what is not there is gone, and can be registered again', async () => {
    const etcd = await startEtcd();
    const one = await open(etcd.url);
    for (let port = 1; port < 9; port++) await one.put(orders('1', { port }));
    await one.put(orders('2'));
    await etcd.restart({ empty: true });
    await expect.poll(() => ids(one), wait).toEqual([]);
    await one.put(orders('1', { port: 42 }));
    expect(one.registry.get('1')?.port).toBe(42);
  });

  test('an etcd that asks for a login gets it, again when its token is forgotten, and refuses a wrong one', async () => {
    const etcd = await startEtcd();
    const admin = new EtcdGateway({ endpoints: [etcd.url] });
    await admin.call('/v3/auth/user/add', { name: 'root', password: 's3cret' });
    await admin.call('/v3/auth/role/add', { name: 'root' });
    await admin.call('/v3/auth/user/grant', { user: 'root', role: 'root' });
    await admin.call('/v3/auth/enable', {});
    const one = await open(etcd.url, { user: 'root', password: 's3cret' });
    const two = await open(etcd.url, { user: 'root', password: 's3cret' });
    await one.put(orders('1', { ttlMs: 60_000 }));
    await expect.poll(() => ids(two), wait).toEqual(['1']);
    // A server that starts anew knows none of the tokens that it gave.
    await etcd.restart();
    await expect.poll(() => one.put(orders('2')).catch(() => false), wait).toBe(true);
    await expect.poll(() => ids(two), wait).toEqual(['1', '2']);
    const wrong = new EtcdStorage({ endpoints: [etcd.url], now: Date.now, user: 'root', password: 'x' });
    await expect(wrong.start()).rejects.toThrow("at the log-in of 'root'");
    const none = new EtcdStorage({ endpoints: [etcd.url], now: Date.now });
    await expect(none.start()).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  });

  test('while etcd is away a service is kept for its time to live', async () => {
    const etcd = await startEtcd();
    let ahead = 0;
    const one = await open(etcd.url, { now: () => Date.now() + ahead });
    await one.put(orders('1', { ttlMs: 60_000 }));
    await one.put(orders('2'));
    await etcd.kill();
    await expect.poll(() => one.connected, wait).toBe(false);
    ahead = 55_000;
    expect(ids(one)).toEqual(['1', '2']);
    ahead = 120_000;
    expect(ids(one)).toEqual(['2']);
    await etcd.restart();
    await expect.poll(() => ids(one), wait).toEqual(['1', '2']);
  });
});

test('an etcd that does not answer is an error that says so', async () => {
  const storage = new EtcdStorage({ endpoints: ['http://127.0.0.1:1'], now: Date.now });
  await expect(storage.start()).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: expect.stringContaining('http://127.0.0.1:1'),
  });
  await storage.close();
});

test('the next member is asked when one does not answer', async () => {
  const server = createServer((_, response) => response.end('{"header":{"revision":"7"}}')).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const gateway = new EtcdGateway({ endpoints: ['http://127.0.0.1:1', `${url}/`] });
  expect(await gateway.call('/v3/kv/range', {})).toEqual({ header: { revision: '7' } });
});

test.each([[[]], [['127.0.0.1:2379']], [['ftp://a']]])('endpoints %j are refused', (endpoints) => {
  expect(() => new EtcdGateway({ endpoints })).toThrowError(expect.objectContaining({ code: 'CONFIG_INVALID' }));
});
