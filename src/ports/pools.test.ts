import { expect, it } from 'vitest';
import { poolOfName } from './pools.js';

it.each([
  ['postgres-1', 'database'],
  ['orders_db', 'database'],
  ['redis', 'cache'],
  ['user-cache', 'cache'],
  ['orders-api', 'api'],
  ['grpc-gateway', 'grpc'],
  ['prometheus', 'metrics'],
  ['websocket-hub', 'websocket'],
  ['worker', undefined],
  ['dbus', undefined],
])('poolOfName derives from %j the pool %j', (name, pool) => {
  expect(poolOfName(name)).toBe(pool);
});
