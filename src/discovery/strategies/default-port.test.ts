import { expect, test } from 'vitest';
import { type DefaultPlace, DefaultPortStrategy } from './default-port.js';

const place: DefaultPlace = { kind: 'postgres', port: 5432, credentials: { user: 'shop', password: 'x' } };
const never = new AbortController().signal;

test('H64 R4 a service is found at its default port when what answers there is that service', async () => {
  const asked: unknown[] = [];
  const strategy = new DefaultPortStrategy({
    placeOf: (name) => (name === 'postgres' ? place : undefined),
    handshake: async (target) => {
      asked.push(target);
      return { ok: true };
    },
    now: () => 3,
  });
  expect(await strategy.find('postgres', never)).toMatchObject([
    { id: 'default/postgres', url: 'postgresql://shop:x@127.0.0.1:5432/shop', status: 'healthy' },
  ]);
  expect(asked).toEqual([{ ...place, host: '127.0.0.1' }]);
  expect([strategy.describe('postgres'), strategy.describe('orders')]).toEqual([
    'postgres at 127.0.0.1:5432',
    'no default port',
  ]);
  expect([strategy.timeoutMs, await strategy.find('orders', never)]).toEqual([100, []]);
});

test('R4 what answers otherwise is not the service', async () => {
  const strategy = new DefaultPortStrategy({
    placeOf: () => place,
    handshake: async () => ({ ok: false, reason: 'password authentication failed' }),
    now: () => 0,
  });
  await expect(strategy.find('postgres', never)).rejects.toThrow('password authentication failed');
});

test('R4 an endpoint has as much of a login as its default place', async () => {
  const found = async (credentials?: DefaultPlace['credentials']) => {
    const here: DefaultPlace = { kind: 'redis', port: 6379, ...(credentials === undefined ? {} : { credentials }) };
    const strategy = new DefaultPortStrategy({
      placeOf: () => here,
      handshake: async () => ({ ok: true }),
      now: () => 0,
    });
    return (await strategy.find('cache', never))[0]?.url;
  };
  expect(await found()).toBe('redis://127.0.0.1:6379/0');
  expect(await found({ password: 'p' })).toBe('redis://:p@127.0.0.1:6379/0');
  expect(await found({ database: '3' })).toBe('redis://127.0.0.1:6379/3');
});
