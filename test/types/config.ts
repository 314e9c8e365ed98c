// Compiled, not run: what a configuration file may say is checked by its types.

import { api, compose, defineEnvironment, defineKind, postgres, redis, testcontainer } from 'portside';
import { mariadb } from 'portside/kinds/mariadb';
import { GenericContainer } from 'testcontainers';
import { expectTypeOf } from 'vitest';

export const whole = defineEnvironment({
  services: {
    ...compose('./compose/stack.yaml'),
    'postgres-primary': postgres({ image: 'postgres:16-alpine', migrations: './fixtures/migrations' }),
    cache: redis(),
    kafka: testcontainer(() => new GenericContainer('apache/kafka')),
    search: testcontainer(async () => new GenericContainer('opensearch'), { ports: [9200], kind: 'http' }),
    api: api({
      build: './fixtures/api',
      port: 8080,
      health: '/health',
      needs: ['postgres-primary', 'cache', 'of-the-compose-file'],
      env: ({ 'postgres-primary': db, cache }) => ({ DATABASE_URL: db.url, REDIS_URL: cache.url }),
    }),
  },
});

export const inferred = defineEnvironment({
  keepWarm: '5m',
  services: {
    cache: redis(),
    api: api({ port: 8080, needs: ['cache'], env: ({ cache }) => ({ REDIS_URL: cache.url }) }),
  },
});

export const misspeltNeed = defineEnvironment({
  services: {
    cache: redis(),
    // @ts-expect-error: no service has this name
    api: api({ port: 8080, needs: ['cahce'] }),
  },
});

export const missingNeed = defineEnvironment({
  services: {
    cache: redis(),
    // @ts-expect-error: 'db' is not needed, so it need not run
    api: api({ port: 8080, needs: ['cache'], env: ({ db }) => ({ REDIS_URL: db.url }) }),
  },
});

// @ts-expect-error: no such option
export const misspeltOption = redis({ pasword: 'x' });

// @ts-expect-error: a port is needed to reach an API
export const missingPort = api({ image: 'x' });

export const fromJson = defineEnvironment({ composeFile: 'compose.yaml', profiles: ['test'], startTimeout: 5000 });

export const fields = api({
  image: 'x',
  port: 8080,
  needs: ['db'],
  env: ({ db }) => {
    // Without portside-env.d.ts the kind is not known, so what only some kinds have may be absent.
    expectTypeOf(db.url).toEqualTypeOf<string>();
    expectTypeOf(db.port).toEqualTypeOf<number>();
    expectTypeOf(db.user).toEqualTypeOf<string | undefined>();
    return { DATABASE_URL: db.url };
  },
});

// @ts-expect-error: a value is a text
export const wrongValue = redis({ env: { PORT: 8080 } });

// @ts-expect-error: no such runtime
export const wrongRuntime = defineEnvironment({ runtime: 'podman' });

const search = defineKind({
  name: 'search',
  port: 9200,
  image: 'opensearch:2',
  ready: async ({ host, port, password }, signal) => {
    await fetch(`http://${host}:${port}/`, { signal, headers: { authorization: password ?? '' } });
  },
});

export const kinds = defineEnvironment({
  kinds: [mariadb, search],
  services: {
    db: mariadb({ database: 'shop', migrations: './sql', isolation: 'database' }),
    index: search({ needs: ['db'], env: ({ db }) => ({ SOURCE: db.url }) }),
  },
});

// @ts-expect-error: no such option
export const misspeltKindOption = mariadb({ databse: 'shop' });

// @ts-expect-error: a kind has a port
export const incompleteKind = defineKind({ name: 'search', image: 'opensearch:2' });

// @ts-expect-error: a kind is needed, not its definition
export const noKind = defineEnvironment({ kinds: [search.definition] });

export const misspeltKindNeed = defineEnvironment({
  services: {
    db: mariadb(),
    // @ts-expect-error: no service has this name
    index: search({ needs: ['bd'] }),
  },
});

export const leased = defineEnvironment({
  leases: { scope: 'test', pool: { min: 0, max: 4 }, maxActive: 64, queueTimeout: '30s' },
  services: { db: postgres({ isolation: 'server', durable: true }), cache: redis({ isolation: 'none' }) },
});

// @ts-expect-error: no such scope
export const wrongScope = defineEnvironment({ leases: { scope: 'suite' } });

// @ts-expect-error: a database is no copy of a program
export const wrongIsolation = postgres({ isolation: 'copy' });
