// Compiled, not run: what a configuration file may say is checked by its types.
import { api, compose, defineEnvironment, postgres, redis, testcontainer } from 'portside';

export const whole = defineEnvironment({
  services: {
    ...compose('./compose/stack.yaml'),
    'postgres-primary': postgres({ image: 'postgres:16-alpine', migrations: './fixtures/migrations' }),
    cache: redis(),
    kafka: testcontainer(() => ({ start: () => Promise.reject(new Error('types only')) }), { ports: [9092] }),
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

// @ts-expect-error: no such runtime
export const wrongRuntime = defineEnvironment({ runtime: 'podman' });
