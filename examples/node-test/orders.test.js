import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTest, getEnvironment } from 'portside/node-test';

test('an order is stored', async () => {
  const env = await getEnvironment();
  const postgres = await env.postgres();
  await postgres.query('CREATE TABLE orders (id serial PRIMARY KEY, item text NOT NULL)');
  await postgres.query('INSERT INTO orders (item) VALUES ($1)', ['tea']);
  const { rows } = await postgres.query('SELECT item FROM orders');
  assert.deepEqual(rows, [{ item: 'tea' }]);
});

const cached = createTest({ scope: 'test', services: { cache: 'cache' } });

for (const round of [1, 2]) {
  cached(`round ${round} counts in a Redis of its own`, async ({ cache }) => {
    const client = await cache.client();
    assert.equal(await client.incr('orders'), 1);
  });
}
