import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probe } from '../../src/health/index.js';
import { type Isolator, redisServerIsolator, type Slice } from '../../src/isolation/index.js';
import type { Endpoint, RuntimeName } from '../../src/model/index.js';
import { describeWithDocker } from '../support/docker.js';
import { eventually } from '../support/docker-runtime.js';
import { type IsolationTest, type LeasedDefinition, startIsolationHost } from '../support/isolation-host.js';
import { ioredis, leaseOf, nodeRedis, within } from '../support/redis-leases.js';
import { useWithIoredis, useWithNodeRedis } from '../support/redis-use.js';

/** One runtime with each of the two ways in which a server keeps its data: both are how its leases begin. */
const configuration = (runtime: RuntimeName) => `
appendonly ${runtime === 'docker' ? 'yes' : 'no'}
maxmemory 64mb
requirepass geheim
enable-debug-command yes
user alice on >wonderland ~* &* +@all
`;

const library = "#!lua name=lib\nredis.register_function('answer', function() return 42 end)";

for (const runtime of ['embedded', 'docker'] as const) {
  const group = runtime === 'docker' ? describeWithDocker : describe;
  group(`a Redis server of its own (${runtime})`, () => serverTests(runtime));
}

function serverTests(runtime: RuntimeName): void {
  let folder: string;
  let test: IsolationTest;
  let isolator: Isolator;
  let service: Redis;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portside-redis-'));
    const source = join(folder, 'redis.conf');
    await writeFile(source, configuration(runtime), { mode: 0o644 });
    test = await startIsolationHost(runtime, {
      name: 'cache',
      kind: 'redis',
      image: 'redis:7-alpine',
      command: ['redis-server', '/etc/redis.conf', '--notify-keyspace-events', 'KEA'],
      credentials: { password: 'geheim' },
      mounts: [{ type: 'bind', source, target: '/etc/redis.conf', readOnly: false, createHostPath: false }],
    } satisfies LeasedDefinition);
    isolator = redisServerIsolator(test.host);
    service = new Redis(test.host.endpoint().url);
    await service.set('seeded', 'by the service');
    await service.select(2);
    await service.set('seeded', 'in another database');
    await service.function('LOAD', library);
    await isolator.prepare(within());
    await service.flushall();
  });

  afterAll(async () => {
    service.disconnect();
    await isolator.close();
    await test.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('has the configuration, files and users of the service', async () => {
    const slice = await leaseOf(isolator);
    const client = ioredis(slice);
    expect(await client.config('GET', 'maxmemory')).toEqual(['maxmemory', String(64 * 1024 * 1024)]);
    expect(await client.config('GET', 'notify-keyspace-events')).toEqual(['notify-keyspace-events', 'AKE']);
    const alice = new URL(slice.endpoint.url);
    alice.username = 'alice';
    alice.password = 'wonderland';
    expect(await ioredis(slice, { url: alice.href }).call('ACL', 'WHOAMI')).toBe('alice');
    expect(slice).toMatchObject({ service: 'cache', isolation: 'server', endpoint: { kind: 'redis', name: 'cache' } });
    expect(slice.name).toBe(`${slice.endpoint.host}:${slice.endpoint.port}`);
  });

  it('begins with what the service held when it became ready', async () => {
    const client = ioredis(await leaseOf(isolator));
    expect(await client.get('seeded')).toBe('by the service');
    expect(await client.fcall('answer', 0)).toBe(42);
    await client.select(2);
    expect(await client.get('seeded')).toBe('in another database');
  });

  it('works with ioredis, keyspace events and functions included', async () => {
    const slice = await leaseOf(isolator);
    await useWithIoredis(slice);
    const [client, other] = [ioredis(slice), ioredis(slice)];
    expect(await client.fcall('answer', 0)).toBe(42);
    const heard = new Promise((resolve) => other.on('message', (channel, text) => resolve(`${channel} ${text}`)));
    await other.subscribe('__keyevent@0__:set');
    await client.set('noticed', '1');
    expect(await heard).toBe('__keyevent@0__:set noticed');
  });

  it('works with node-redis, functions included', async () => {
    const slice = await leaseOf(isolator);
    await useWithNodeRedis(slice);
    expect(await (await nodeRedis(slice)).fCall('answer', {})).toBe(42);
  });

  it('shows nothing of a sibling, and suffers nothing from it', async () => {
    const [hostile, peaceful] = await Promise.all([leaseOf(isolator), leaseOf(isolator)]);
    const [enemy, noise, client, listener] = [ioredis(hostile), ioredis(hostile), ioredis(peaceful), ioredis(peaceful)];
    const heard: string[] = [];
    listener.on('pmessage', (_, channel) => heard.push(channel));
    await listener.psubscribe('*');
    await client.set('mine', '1');
    const digest = (await client.script('LOAD', 'return 7')) as string;
    const id = await client.client('ID');

    await enemy.flushall();
    await enemy.function('FLUSH');
    await enemy.script('FLUSH');
    await enemy.config('SET', 'maxmemory', '32mb');
    await enemy.config('SET', 'requirepass', 'changed');
    await noise.publish('noise', 'x');
    await noise.set('theirs', '1');
    await noise.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    let isAsleep = true;
    void noise
      .call('DEBUG', 'SLEEP', '30')
      .catch(() => undefined)
      .finally(() => (isAsleep = false));

    expect(await client.keys('*')).toEqual(expect.arrayContaining(['mine', 'seeded']));
    expect(await client.exists('theirs')).toBe(0);
    expect(await client.fcall('answer', 0)).toBe(42);
    expect(await client.evalsha(digest, 0)).toBe(7);
    expect(await client.config('GET', 'maxmemory')).toEqual(['maxmemory', String(64 * 1024 * 1024)]);
    expect(await client.client('ID')).toBe(id);
    expect(heard.filter((channel) => /noise|theirs/.test(channel))).toEqual([]);
    expect(isAsleep).toBe(true);
    // A server that sleeps is no obstacle to its end.
    await hostile.remove();
    await hostile.remove();
  });

  it('is new after a reset, at the same address, also for a suite that has locked itself out', async () => {
    const slice = await leaseOf(isolator);
    const client = ioredis(slice);
    await client.set('a', '1');
    await client.config('SET', 'maxmemory', '1mb');
    await client.call('ACL', 'SETUSER', 'default', 'off', 'resetpass');
    await slice.reset(within());
    expect(await client.get('a')).toBe(null);
    expect(await client.get('seeded')).toBe('by the service');
    expect(await client.config('GET', 'maxmemory')).toEqual(['maxmemory', String(64 * 1024 * 1024)]);
  });

  it('stays ended when the suite ends it, until it is reset', async () => {
    const slice = await leaseOf(isolator);
    const client = ioredis(slice);
    client.call('SHUTDOWN', 'NOSAVE').catch(() => undefined);
    await eventually(async () => ((await answers(slice.endpoint)) ? undefined : true));
    // It would send the command again.
    client.disconnect();
    await slice.reset(within());
    expect(await answers(slice.endpoint)).toBe(true);
    expect(await ioredis(slice).get('seeded')).toBe('by the service');
  });

  it('brings back a snapshot with all databases, functions and times to live', async () => {
    const slice = await leaseOf(isolator);
    const client = ioredis(slice);
    await client.set('a', '1', 'EX', 1000);
    await client.function('LOAD', library.replaceAll('answer', 'other').replace('lib', 'lib2'));
    await client.select(5);
    await client.set('b', 'x'.repeat(300_000));
    await slice.snapshot?.('filled', within());
    await client.flushall();
    await client.function('FLUSH');
    // ioredis leaves its own SELECT unanswered that it sends when it is ended while it connects again.
    client.disconnect();

    await slice.restore?.('filled', within());
    const again = ioredis(slice);
    expect(await again.get('a')).toBe('1');
    expect(await again.ttl('a')).toBeGreaterThan(0);
    expect(await again.fcall('other', 0)).toBe(42);
    await again.select(5);
    expect(await again.strlen('b')).toBe(300_000);
    again.disconnect();

    await slice.reset(within());
    expect(await ioredis(slice).get('a')).toBe(null);
    await expect(slice.restore?.('unknown', within())).rejects.toMatchObject({ code: 'LEASE_UNKNOWN' });
  });

  it('leaves nothing to the next lease, whatever was connected', async () => {
    const slice = await leaseOf(isolator);
    const [client, blocked] = [ioredis(slice), ioredis(slice)];
    await client.set('left', 'behind');
    blocked.blpop('never', 0).catch(() => undefined);
    await slice.remove();
    blocked.disconnect();
    client.disconnect();
    const next = await Promise.all(Array.from({ length: 4 }, () => leaseOf(isolator)));
    const left = await Promise.all(next.map((other: Slice) => ioredis(other).exists('left')));
    expect(left).toEqual([0, 0, 0, 0]);
  });
}

async function answers({ host, port }: Endpoint): Promise<boolean> {
  const { ok } = await probe({ type: 'redis', port }, { host, portOf: () => port }, within());
  return ok;
}
