import { expect, test } from 'vitest';
import type { EnvironmentPlan, ServiceDefinition } from '../model/index.js';
import { withCredentials } from './credentials.js';

/** Gives the credentials of a service that is completed alone; a Compose file's own services name none. */
function credentialsOf(service: Partial<ServiceDefinition>) {
  const definition = { name: 'db', environment: {}, mounts: [], secrets: [], configs: [], ...service };
  const plan = {
    services: [{ name: 'db', definition }],
    definition: { services: [definition], secrets: {}, configs: {} },
  };
  return withCredentials(plan as unknown as EnvironmentPlan).services[0]?.definition.credentials;
}

test.each<[Record<string, string>, string | undefined]>([
  [{ POSTGRES_PASSWORD: 'x' }, 'x'],
  [{ POSTGRESQL_PASSWORD: 'x' }, 'x'],
  [{ POSTGRES_USER: 'me' }, undefined],
  [{ POSTGRES_PASSWORD_FILE: '/in/the/image' }, undefined],
  [{ POSTGRES_HOST_AUTH_METHOD: 'trust' }, ''],
  [{ POSTGRES_HOST_AUTH_METHOD: 'md5' }, undefined],
  [{ ALLOW_EMPTY_PASSWORD: 'yes' }, ''],
  [{ ALLOW_EMPTY_PASSWORD: 'no' }, undefined],
])('a Postgres with %j has the password %j: none where nothing says it', (environment, password) => {
  const credentials = credentialsOf({ kind: 'postgres', environment });
  expect(credentials?.password).toBe(password);
  expect('password' in (credentials ?? {})).toBe(password !== undefined);
});

const inShell = (line: string) => ['sh', '-c', line];

test.each<[readonly string[], string | undefined]>([
  [['redis-server', '--requirepass', 'secret'], 'secret'],
  [['redis-server', '--requirepass', '$REDIS_PASSWORD'], '$REDIS_PASSWORD'],
  [['redis-server', '--requirepass secret'], 'secret'],
  [['redis-server', '--requirepass', ''], undefined],
  [inShell('exec redis-server --requirepass secret --port 6379'), 'secret'],
  [inShell('exec redis-server --requirepass "$REDIS_PASSWORD"'), 'of the shell'],
  [inShell('redis-server --requirepass ${REDIS_PASSWORD} --save ""'), 'of the shell'],
  [inShell('redis-server --requirepass "a-${N}"; echo done'), 'a-1'],
  [inShell("redis-server --requirepass '$N'"), '$N'],
  [inShell('redis-server --requirepass "${NONE:-default}"'), 'default'],
  [inShell('redis-server --requirepass "$NONE"'), undefined],
  [inShell('redis-server --requirepass "$(cat /run/secrets/redis)"'), undefined],
  [inShell('redis-server --requirepass `cat /run/secrets/redis`'), undefined],
  [['redis-server'], undefined],
])('a Redis with the command %j has the password %j', (command, password) => {
  const environment = { REDIS_PASSWORD: 'of the shell', N: '1' };
  const credentials = credentialsOf({ kind: 'redis', image: 'redis:7', environment, command });
  expect(credentials).toEqual(password === undefined ? {} : { password });
});

test.each([
  ['redis', false],
  ['redis:7-alpine', false],
  ['docker.io/library/redis:7', false],
  ['registry.example:5000/redis:7', false],
  ['public.ecr.aws/docker/library/redis@sha256:abc', false],
  ['valkey/valkey:8', false],
  ['redis/redis-stack:7', false],
  ['bitnami/redis:7', true],
  ['docker.io/bitnami/valkey', true],
  ['team/redis', true],
  [undefined, true],
])('an image %j reads a password of the environment: %j', (image, reads) => {
  for (const name of ['REDIS_PASSWORD', 'VALKEY_PASSWORD']) {
    const credentials = credentialsOf({ kind: 'redis', ...(image && { image }), environment: { [name]: 'x' } });
    expect(credentials).toEqual(reads ? { password: 'x' } : {});
  }
});
