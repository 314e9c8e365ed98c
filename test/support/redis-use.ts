import { expect } from 'vitest';
import type { Slice } from '../../src/isolation/index.js';
import { eventually } from './docker-runtime.js';
import { ioredis, nodeRedis } from './redis-leases.js';

/** Uses a lease as suites with ioredis do: transactions, scripts, scans, blocking calls, streams with groups, pub/sub. */
export async function useWithIoredis(slice: Slice): Promise<void> {
  const [client, other] = [ioredis(slice), ioredis(slice)];
  await client.watch('balance');
  await other.set('balance', '1');
  expect(await client.multi().set('balance', '2').exec()).toBe(null);
  expect(await client.eval('return redis.call("INCRBY", KEYS[1], ARGV[1])', 1, 'balance', 4)).toBe(5);
  const digest = (await client.script('LOAD', 'return ARGV[1]')) as string;
  expect(await client.evalsha(digest, 0, 'x')).toBe('x');

  await client.mset(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`item:${index}`, index])));
  const found = new Set<string>();
  for await (const keys of client.scanStream({ match: 'item:*', count: 50 })) for (const key of keys) found.add(key);
  expect(found.size).toBe(300);

  const popped = other.blpop('jobs', 0);
  await client.rpush('jobs', 'one');
  expect(await popped).toEqual(['jobs', 'one']);

  await client.xgroup('CREATE', 'orders', 'workers', '$', 'MKSTREAM');
  const id = await client.xadd('orders', '*', 'amount', '7');
  const read = await client.xreadgroup('GROUP', 'workers', 'w1', 'COUNT', 1, 'STREAMS', 'orders', '>');
  expect(read).toEqual([['orders', [[id, ['amount', '7']]]]]);
  expect(await client.xack('orders', 'workers', String(id))).toBe(1);

  const heard = new Promise((resolve) => other.on('message', (channel, text) => resolve(`${channel} ${text}`)));
  await other.subscribe('news');
  await client.publish('news', 'hello');
  expect(await heard).toBe('news hello');
}

/** Uses a lease as suites with node-redis do. */
export async function useWithNodeRedis(slice: Slice): Promise<void> {
  const [client, other] = [await nodeRedis(slice), await nodeRedis(slice)];
  await client.watch('balance');
  await other.set('balance', '1');
  await expect(client.multi().set('balance', '2').exec()).rejects.toThrow(/watch/i);
  expect(await client.eval('return redis.call("INCR", KEYS[1])', { keys: ['balance'] })).toBe(2);
  const digest = await client.scriptLoad('return ARGV[1]');
  expect(await client.evalSha(digest, { arguments: ['x'] })).toBe('x');

  const found: string[] = [];
  for await (const keys of client.scanIterator({ MATCH: 'bal*' })) found.push(...keys);
  expect(found).toEqual(['balance']);

  const popped = other.blPop('jobs', 0);
  await client.rPush('jobs', 'one');
  expect(await popped).toEqual({ key: 'jobs', element: 'one' });

  await client.xGroupCreate('orders', 'workers', '$', { MKSTREAM: true });
  const id = await client.xAdd('orders', '*', { amount: '7' });
  const read = await client.xReadGroup('workers', 'w1', { key: 'orders', id: '>' });
  expect(read).toMatchObject([{ name: 'orders', messages: [{ id, message: { amount: '7' } }] }]);

  const heard = new Promise((resolve) => void other.subscribe('news', resolve));
  await eventually(async () => ((await client.publish('news', 'hello')) > 0 ? true : undefined));
  expect(await heard).toBe('hello');
}
