import { expect, it } from 'vitest';
import { defaultPoolPorts, defaultPortRanges, defaultReservedPorts, poolOfName } from './pools.js';

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
])('H37 poolOfName derives from %j the pool %j', (name, pool) => {
  expect(poolOfName(name)).toBe(pool);
});

it.each([
  ['H29', 'database', 5432, 5433, 5442],
  ['H30', 'cache', 6379, 6380, 6389],
  ['H31', 'api', 8080, 8081, 8099],
  ['H32', 'grpc', 9090, 9091, 9109],
  ['H33', 'metrics', 9090, 9100, 9199],
  ['H34', 'websocket', 8000, 8001, 8020],
])('%s the pool %s has the default port %i and the range %i to %i', (_, pool, port, start, end) => {
  expect([defaultPoolPorts[pool], defaultPortRanges[pool]]).toEqual([port, { start, end }]);
});

it('H204 the reserved ports are those of SSH and the web unless somebody says otherwise', () => {
  expect(defaultReservedPorts).toEqual([22, 80, 443]);
});
