import assert from 'node:assert/strict';
import { getEnvironment } from 'portside/mocha';

describe('orders', () => {
  let postgres;
  before(async () => {
    const env = await getEnvironment();
    postgres = await env.postgres();
    await postgres.query('CREATE TABLE orders (id serial PRIMARY KEY, item text NOT NULL)');
  });

  it('are stored', async () => {
    await postgres.query('INSERT INTO orders (item) VALUES ($1)', ['tea']);
    const { rows } = await postgres.query('SELECT item FROM orders');
    assert.deepEqual(rows, [{ item: 'tea' }]);
  });

  it('are counted', async () => {
    const env = await getEnvironment();
    const redis = await env.redis('cache');
    const client = await redis.client();
    assert.equal(await client.incr('orders'), 1);
  });
});
