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
