import { expect, test } from 'portside/playwright';

test('an order is taken', async ({ api, request }) => {
  expect(await (await request.get(`${api.baseUrl}/orders`)).json()).toEqual([]);
  const response = await request.post(`${api.baseUrl}/orders`);
  expect(response.status()).toBe(201);
  expect(await response.json()).toEqual(['order 1']);
});

test('the file goes on with its own copy of the API, and its own Redis', async ({ api, redis }) => {
  expect(await (await api.fetch('/orders')).json()).toEqual(['order 1']);
  const client = await redis.client();
  expect(await client.incr('orders')).toBe(1);
});
