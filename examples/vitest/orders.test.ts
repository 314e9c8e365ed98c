import { expect, test } from 'portside/vitest';

test('an order is stored and counted', async ({ env, postgres, redis }) => {
  await postgres.query('CREATE TABLE orders (id serial PRIMARY KEY, item text NOT NULL)');
  await postgres.query('INSERT INTO orders (item) VALUES ($1)', ['tea']);
  const { rows } = await postgres.query('SELECT item FROM orders');
  expect(rows).toEqual([{ item: 'tea' }]);

  const client = await redis.client();
  expect(await client.incr('orders')).toBe(1);

  const shared = await env.discover('postgres-primary');
  expect(process.env.DATABASE_URL).toBe(shared.url);
  expect(postgres.url).not.toBe(shared.url);
});
