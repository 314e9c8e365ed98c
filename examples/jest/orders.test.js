const { getEnvironment } = require('portside/jest');

test('an order is stored and counted', async () => {
  const env = await getEnvironment();
  const postgres = await env.postgres();
  await postgres.query('CREATE TABLE orders (id serial PRIMARY KEY, item text NOT NULL)');
  await postgres.query('INSERT INTO orders (item) VALUES ($1)', ['tea']);
  const { rows } = await postgres.query('SELECT item FROM orders');
  expect(rows).toEqual([{ item: 'tea' }]);

  const redis = await env.redis('cache');
  const client = await redis.client();
  expect(await client.incr('orders')).toBe(1);
  await client.quit();

  const shared = await env.discover('postgres-primary');
  expect(process.env.DATABASE_URL).toBe(shared.url);
  expect(postgres.url).not.toBe(shared.url);
});
