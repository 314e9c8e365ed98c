import { describe, expect, it } from 'vitest';
import { References } from './references.js';

const references = new References([
  { service: 'postgres', names: ['postgres', 'orders-db', 'db.internal'], targets: [5432] },
  { service: 'cache', names: ['cache'], targets: [6379] },
  { service: 'api', names: ['api'], targets: [8080, 9090] },
  { service: 'api-gateway', names: ['api-gateway'], targets: [80] },
]);
const realPort = (service: string, target: number) => 20_000 + target + service.length;
const [postgres, cache, api, metrics, gateway] = [25_440, 26_384, 28_083, 29_093, 20_091];

describe('References.rewriteText', () => {
  it.each([
    ['postgres:5432', `127.0.0.1:${postgres}`],
    ['redis://cache:6379/0', `redis://127.0.0.1:${cache}/0`],
    [
      'postgres://postgres:postgres@postgres:5432/postgres',
      `postgres://postgres:postgres@127.0.0.1:${postgres}/postgres`,
    ],
    ['cache:6379,orders-db:5432', `127.0.0.1:${cache},127.0.0.1:${postgres}`],
    ['http://api:8080 and http://api:9090', `http://127.0.0.1:${api} and http://127.0.0.1:${metrics}`],
    ['http://api-gateway/v1', `http://127.0.0.1:${gateway}/v1`],
    ['http://api/v1', `http://127.0.0.1:${api}/v1`],
    ['postgresql+asyncpg://u:p@db.internal/orders', `postgresql+asyncpg://u:p@127.0.0.1:${postgres}/orders`],
    ['jdbc:postgresql://postgres:5432/x', `jdbc:postgresql://127.0.0.1:${postgres}/x`],
    ['redis://cache', `redis://127.0.0.1:${cache}`],
    // What only looks like a reference stays.
    ['postgres:16-alpine', 'postgres:16-alpine'],
    ['my-postgres:5432', 'my-postgres:5432'],
    ['postgres.example.com:5432', 'postgres.example.com:5432'],
    ['cache:63790', 'cache:63790'],
    ['postgres', 'postgres'],
    ['http://cache.example.com/', 'http://cache.example.com/'],
  ])('makes of %j %j', (text, expected) => {
    expect(references.rewriteText(text, realPort)).toBe(expected);
  });
});

describe('References.rewriteEnvironment', () => {
  it('rewrites host and port variables that go together', () => {
    expect(
      references.rewriteEnvironment(
        { DB_HOST: 'postgres', DB_PORT: '5432', CACHE: 'cache', CACHE_PORT: '6379' },
        realPort,
      ),
    ).toEqual({ DB_HOST: '127.0.0.1', DB_PORT: String(postgres), CACHE: '127.0.0.1', CACHE_PORT: String(cache) });
  });

  it('adds the port variable to a host that stands alone', () => {
    expect(references.rewriteEnvironment({ PGHOST: 'orders-db' }, realPort)).toEqual({
      PGHOST: '127.0.0.1',
      PGPORT: String(postgres),
    });
  });

  it('leaves values alone that only happen to be spelt like a service', () => {
    const environment = { DB_USER: 'postgres', DB_NAME: 'postgres', CACHE_DRIVER: 'cache', DB_PORT: '5432' };
    expect(references.rewriteEnvironment(environment, realPort)).toEqual(environment);
  });
});

it('References.rewriteWords rewrites a name followed by its port', () => {
  expect(references.rewriteWords(['--replicaof', 'cache', '6379', '--url=http://api:8080'], realPort)).toEqual([
    '--replicaof',
    '127.0.0.1',
    String(cache),
    `--url=http://127.0.0.1:${api}`,
  ]);
});

it('References.find names the services that an environment refers to, and the ports', () => {
  expect(
    references.find({ A: 'redis://cache', B: 'x@postgres:5432/y,api:7000', C_HOST: 'api-gateway', D: 'cache' }),
  ).toEqual([
    { service: 'cache' },
    { service: 'postgres', port: 5432 },
    { service: 'api', port: 7000 },
    { service: 'api-gateway' },
  ]);
});

it('References finds nothing when there are no services', () => {
  const none = new References([]);
  expect(none.rewriteText('redis://cache:6379', realPort)).toBe('redis://cache:6379');
  expect(none.find({ A: 'redis://cache' })).toEqual([]);
});
