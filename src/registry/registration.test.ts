import { expect, test } from 'vitest';
import { checkId, endpointOf, readRegistration } from './registration.js';

const least = { name: 'orders', host: '127.0.0.1', port: 8080 };

test('H39 H44 an endpoint has id, name, host, port, protocol, version, metadata, health URL, times and TTL', () => {
  const registration = readRegistration({
    ...least,
    protocol: 'grpc',
    version: '1.2',
    metadata: { zone: 'a' },
    healthUrl: 'grpc://127.0.0.1:8081/shop.Orders',
    ttlMs: 5000,
  });
  expect(endpointOf('orders-1', registration, { now: 7, ttlMs: 60_000 })).toEqual({
    id: 'orders-1',
    name: 'orders',
    kind: 'tcp',
    host: '127.0.0.1',
    port: 8080,
    protocol: 'grpc',
    url: 'grpc://127.0.0.1:8080',
    version: '1.2',
    metadata: { zone: 'a' },
    healthUrl: 'grpc://127.0.0.1:8081/shop.Orders',
    status: 'healthy',
    registeredAt: 7,
    lastHeartbeat: 7,
    ttlMs: 5000,
    ports: [{ target: 8080, protocol: 'tcp', host: '127.0.0.1', port: 8080 }],
  });
});

test.each([
  [
    { protocol: 'postgresql', user: 'shop', password: 'a/b', database: 'orders' },
    'postgresql://shop:a%2Fb@127.0.0.1:8080/orders',
  ],
  [{ protocol: 'redis' }, 'redis://127.0.0.1:8080/0'],
  [{ protocol: 'https' }, 'https://127.0.0.1:8080'],
  [{ kind: 'http' }, 'http://127.0.0.1:8080'],
  [{}, 'tcp://127.0.0.1:8080'],
  [{ protocol: 'udp' }, 'udp://127.0.0.1:8080'],
])('H43 a registration with %j has the URL of its protocol', (extra, url) => {
  expect(endpointOf('1', readRegistration({ ...least, ...extra }), { now: 0 }).url).toBe(url);
});

test('the registry gives a time to live to who names none, and the time of registration stays', () => {
  const before = endpointOf('1', least, { now: 1, ttlMs: 10 });
  expect(endpointOf('1', least, { now: 5, ttlMs: 10, before })).toMatchObject({
    registeredAt: 1,
    lastHeartbeat: 5,
    ttlMs: 10,
  });
});

test.each([
  [undefined, 'body'],
  [[], 'body'],
  [{ ...least, name: '' }, 'name'],
  [{ ...least, name: 'a b' }, 'name'],
  [{ ...least, host: '0.0.0.0' }, 'host'],
  [{ ...least, host: '::' }, 'host'],
  [{ ...least, host: '1.2.3' }, 'host'],
  [{ ...least, host: 'a b' }, 'host'],
  [{ ...least, port: 0 }, 'port'],
  [{ ...least, port: 65_536 }, 'port'],
  [{ ...least, port: '80' }, 'port'],
  [{ name: 'a', host: 'b' }, 'port'],
  [{ ...least, protocol: 'x y' }, 'protocol'],
  [{ ...least, kind: 'worker' }, 'kind'],
  [{ ...least, version: 1 }, 'version'],
  [{ ...least, metadata: { a: 1 } }, 'metadata'],
  [{ ...least, metadata: null }, 'metadata'],
  [{ ...least, healthUrl: 'file:///etc/passwd' }, 'healthUrl'],
  [{ ...least, healthUrl: 'tcp://127.0.0.1' }, 'healthUrl'],
  [{ ...least, status: 'well' }, 'status'],
  [{ ...least, ttlMs: 999 }, 'ttlMs'],
  [{ ...least, ttlMs: 86_400_001 }, 'ttlMs'],
  [{ ...least, user: 5 }, 'user'],
])('H193 a registration that is %j is refused, and the error names the field', (value, field) => {
  expect(() => readRegistration(value)).toThrowError(
    expect.objectContaining({ code: 'REGISTRY_INVALID', message: expect.stringContaining(`'${field}'`) }),
  );
});

test('a refused password does not stand in the error', () => {
  const password = 's3cret'.repeat(300);
  expect(() => readRegistration({ ...least, password })).toThrowError(
    expect.objectContaining({ message: expect.not.stringContaining('s3cret') }),
  );
});

test('an id may not be empty, endless or hold white space', () => {
  checkId('key/orders-1@127.0.0.1:80');
  for (const id of ['', 'a b', 'a\n', 'x'.repeat(257)]) expect(() => checkId(id)).toThrowError(/'id' must be/);
});
