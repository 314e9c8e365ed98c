import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Isolator, redisDatabaseIsolator } from '../../src/isolation/index.js';
import type { RuntimeName } from '../../src/model/index.js';
import { describeWithDocker } from '../support/docker.js';
import { type IsolationTest, startIsolationHost } from '../support/isolation-host.js';
import { ioredis, leaseOf, nodeRedis, within } from '../support/redis-leases.js';
import { useWithIoredis, useWithNodeRedis } from '../support/redis-use.js';

for (const runtime of ['embedded', 'docker'] as const) {
  const group = runtime === 'docker' ? describeWithDocker : describe;
  group(`a logical Redis database of its own (${runtime})`, () => databaseTests(runtime));
}

function databaseTests(runtime: RuntimeName): void {
  let test: IsolationTest;
  let isolator: Isolator;
  let service: Redis;

  beforeAll(async () => {
    test = await startIsolationHost(runtime, {
      name: 'cache',
      kind: 'redis',
      image: 'redis:7-alpine',
      command: ['redis-server', '--requirepass', 'geheim', '--databases', '6', '--enable-debug-command', 'yes'],
    });
    isolator = redisDatabaseIsolator(test.host);
    await isolator.prepare(within());
    service = new Redis(test.host.endpoint().url);
    await service.set('own', '1');
    await service.select(2);
    await service.set('foreign', '1');
  });

  afterAll(async () => {
    service.disconnect();
    await isolator.close();
    await test.close();
  });

  it('is reached by a URL with a user and a number of its own', async () => {
    const slice = await leaseOf(isolator);
    const { endpoint } = slice;
    expect(endpoint).toMatchObject({ kind: 'redis', user: `lease_${slice.id}` });
    expect(endpoint.url).toMatch(/^redis:\/\/lease_\w+:[\w-]+@127\.0\.0\.1:\d+\/[1-5]$/);
    expect(slice.name).toBe(`cache/${endpoint.kind === 'redis' && endpoint.database}`);
    expect(await ioredis(slice).call('ACL', 'WHOAMI')).toBe(`lease_${slice.id}`);
  });

  it('gives the low numbers, which programs use themselves, only when no other is free', async () => {
    const numbers = new Set<unknown>();
    for (let round = 0; round < 50; round++) {
      const slice = await leaseOf(isolator);
      numbers.add(slice.endpoint.kind === 'redis' && slice.endpoint.database);
      await slice.remove();
    }
    expect(numbers).not.toContain(1);
  });

  it('works with ioredis', async () => useWithIoredis(await leaseOf(isolator)));

  it('works with node-redis', async () => useWithNodeRedis(await leaseOf(isolator)));

  it('lets its user do with keys what it likes', async () => {
    const client = ioredis(await leaseOf(isolator));
    await client.mset('a', '1', 'b', '2');
    expect((await client.keys('*')).sort()).toEqual(['a', 'b']);
    expect(await client.info('server')).toContain('redis_version');
    await client.rpush('list', 3, 1, 2);
    expect(await client.sort('list')).toEqual(['1', '2', '3']);
    await client.restore('c', 0, (await client.dumpBuffer('a')) as Buffer);
    expect(await client.get('c')).toBe('1');
    await client.flushdb();
    expect(await client.dbsize()).toBe(0);
  });

  it.each([
    ['SELECT', '0'],
    ['MOVE', 'a', '0'],
    ['SWAPDB', '0', '1'],
    ['COPY', 'a', 'b', 'DB', '0'],
    ['FLUSHALL'],
    ['CONFIG', 'SET', 'maxmemory', '1'],
    ['DEBUG', 'SLEEP', '0'],
    ['SHUTDOWN', 'NOSAVE'],
    ['REPLICAOF', 'NO', 'ONE'],
    ['CLIENT', 'KILL', 'TYPE', 'normal'],
    ['CLIENT', 'PAUSE', '1'],
    ['SCRIPT', 'FLUSH'],
    ['SCRIPT', 'KILL'],
    ['FUNCTION', 'FLUSH'],
    ['FUNCTION', 'LOAD', '#!lua name=a'],
    ['ACL', 'SETUSER', 'other'],
    ['MONITOR'],
    ['MIGRATE', '127.0.0.1', '1', 'a', '0', '1'],
  ])('refuses %s %s', async (...words) => {
    const [command = '', ...rest] = words;
    const client = await nodeRedis(await leaseOf(isolator));
    await expect(client.sendCommand([command, ...rest])).rejects.toThrow(/^NOPERM/);
  });

  it('refuses to a script what it refuses to its user', async () => {
    const client = ioredis(await leaseOf(isolator));
    const leave = 'return redis.call("SELECT", 0)';
    await expect(client.eval(leave, 0)).rejects.toThrow(/NOPERM|can't run this command/);
  });

  it('shows nothing of its siblings and of the service', async () => {
    const [one, two] = await Promise.all([leaseOf(isolator), leaseOf(isolator)]);
    const [first, second] = [ioredis(one), ioredis(two)];
    await first.set('mine', '1');
    expect(await second.keys('*')).toEqual([]);
    await second.flushdb();
    expect(await first.keys('*')).toEqual(['mine']);
    await service.select(0);
    expect(await service.keys('*')).toEqual(['own']);
  });

  it('is empty after a reset, for new connections of the same user', async () => {
    const slice = await leaseOf(isolator);
    const [client, blocked] = [ioredis(slice), await nodeRedis(slice)];
    await client.set('a', '1');
    const cut = new Promise((resolve) => blocked.once('reconnecting', resolve));
    blocked.blPop('jobs', 0).catch(() => undefined);
    await slice.reset(within());
    await cut;
    expect(await ioredis(slice).dbsize()).toBe(0);
  });

  it('brings back a snapshot of every type of key', async () => {
    const slice = await leaseOf(isolator);
    const client = ioredis(slice);
    await client.set(Buffer.from([0xff, 0x00, 0x0a]), Buffer.from([0xfe, 0x0d]));
    await client.set('short', '1', 'EX', 1000);
    await client.zadd('scores', 2, 'b', 1, 'a');
    await client.xgroup('CREATE', 'orders', 'workers', '$', 'MKSTREAM');
    await client.mset(Object.fromEntries(Array.from({ length: 1200 }, (_, index) => [`item:${index}`, index])));
    await slice.snapshot?.('filled', within());
    await client.flushdb();
    await client.set('later', '1');

    await slice.restore?.('filled', within());
    const again = ioredis(slice);
    expect(await again.dbsize()).toBe(1204);
    expect(await again.getBuffer(Buffer.from([0xff, 0x00, 0x0a]))).toEqual(Buffer.from([0xfe, 0x0d]));
    expect(await again.ttl('short')).toBeGreaterThan(0);
    expect(await again.zrange('scores', 0, -1)).toEqual(['a', 'b']);
    expect(await again.xinfo('GROUPS', 'orders')).toHaveLength(1);
    await expect(slice.restore?.('unknown', within())).rejects.toMatchObject({ code: 'LEASE_UNKNOWN' });
  });

  it('leaves no user, no key and no connection when it is released', async () => {
    const slice = await leaseOf(isolator);
    const client = await nodeRedis(slice);
    await client.set('left', 'behind');
    const cut = new Promise((resolve) => client.once('reconnecting', resolve));
    client.blPop('never', 0).catch(() => undefined);
    await slice.remove();
    await slice.remove();
    await cut;
    expect(await service.call('ACL', 'USERS')).not.toContain(`lease_${slice.id}`);
    expect(await service.info('keyspace')).not.toMatch(/^db[345]:/m);
  });

  it('never gives a number twice at a time, nor one with keys of somebody else, and says when none is left', async () => {
    // Of six databases 0 is the service's own, and 2 holds keys of somebody else.
    expect(isolator.capacity).toBe(5);
    const slices = await Promise.all(Array.from({ length: 4 }, () => leaseOf(isolator)));
    const numbers = slices.map(({ endpoint }) => endpoint.kind === 'redis' && endpoint.database);
    expect(numbers.sort()).toEqual([1, 3, 4, 5]);
    await expect(leaseOf(isolator)).rejects.toMatchObject({
      code: 'LEASE_FAILED',
      message: expect.stringContaining('Current value is 5'),
    });
    await slices[0]?.remove();
    await leaseOf(isolator);
    await service.select(2);
    expect(await service.get('foreign')).toBe('1');
  });
}
