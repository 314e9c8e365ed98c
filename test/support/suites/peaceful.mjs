// A suite as users write them: it works with its own fork and fails when anything in it is not its own doing.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { attachEnvironment } from '../../../dist/index.js';

const [socket, name, rounds] = process.argv.slice(2);
const env = await attachEnvironment({ socket, client: name, hold: false });
const fork = await env.fork({ file: `${name}.test.ts` });
const [database, cache, api] = await Promise.all([
  fork.discover('postgres-primary'),
  fork.discover('cache'),
  fork.discover('api'),
]);
const db = new pg.Client({ connectionString: database.url });
await db.connect();
const redis = new Redis(cache.url);
const listener = new Redis(cache.url);
const heard = [];
await listener.subscribe('news');
listener.on('message', (_, message) => heard.push(message));
const { rows: seeded } = await db.query('SELECT id FROM orders');

for (let round = 1; round <= Number(rounds); round++) {
  const response = await fetch(`${api.baseUrl}/orders`, {
    method: 'POST',
    body: JSON.stringify({ customer: name, item: `item ${round}`, quantity: round }),
  });
  assert.equal(response.status, 201);
  const list = await (await fetch(`${api.baseUrl}/orders`)).json();
  assert.equal(list.orders.length, seeded.length + round, 'orders of somebody else');
  assert.equal(list.created, round, 'the counter of somebody else');
  const { rows } = await db.query('SELECT count(*)::int AS n FROM orders WHERE customer = $1', [name]);
  assert.equal(rows[0].n, round);
  await redis.set(`${name}:${round}`, String(round));
  assert.equal(await redis.get(`${name}:${round}`), String(round));
  assert.deepEqual(
    (await redis.keys('*')).filter((key) => !key.startsWith(name) && !key.startsWith('order')),
    [],
  );
  assert.deepEqual(await redis.config('GET', 'maxmemory-policy'), ['maxmemory-policy', 'noeviction']);
  await redis.publish('news', `${name} ${round}`);
  await sleep(20);
}
for (let left = 100; heard.length < Number(rounds) && left > 0; left--) await sleep(20);
assert.deepEqual(
  heard,
  Array.from({ length: Number(rounds) }, (_, index) => `${name} ${index + 1}`),
  'messages of somebody else',
);
await db.end();
redis.disconnect();
listener.disconnect();
await fork.release();
await env.close();
console.log(`${name} passed`);
