import { expect, test } from 'vitest';
import type { Credentials } from '../../model/index.js';
import { settleLogin } from './login.js';

function settle(environment: Readonly<Record<string, string>>, given?: Credentials) {
  return settleLogin({
    ...(given === undefined ? {} : { given }),
    variable: (name) => environment[name] || undefined,
    makePassword: () => 'made',
  });
}

test('a service of a Compose file says everything in its variables', () => {
  const { credentials, environment } = settle({
    MYSQL_ROOT_PASSWORD: 'r',
    MYSQL_USER: 'shop',
    MARIADB_PASSWORD: 'p',
    MYSQL_DATABASE: 'd',
  });
  expect(credentials).toEqual({ user: 'shop', password: 'p', database: 'd', admin: { user: 'root', password: 'r' } });
  expect(environment).toBeUndefined();
});

test.each([
  [{ MARIADB_ROOT_PASSWORD: 'r' }, { user: 'root', password: 'r', admin: { user: 'root', password: 'r' } }],
  [{ MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: '1' }, { user: 'root', password: '', admin: { user: 'root', password: '' } }],
  [
    { MARIADB_RANDOM_ROOT_PASSWORD: '1', MARIADB_USER: 'u', MARIADB_PASSWORD: 'p' },
    { user: 'u', password: 'p' },
  ],
])('with %j the login is %j', (environment, login) => {
  expect(settle(environment).credentials).toEqual(login);
});

test('what the configuration leaves open is made for the environment', () => {
  expect(settle({}, {})).toEqual({
    credentials: {
      user: 'root',
      password: 'made',
      database: 'app',
      passwordGenerated: true,
      admin: { user: 'root', password: 'made' },
    },
    environment: { MARIADB_ROOT_PASSWORD: 'made', MARIADB_DATABASE: 'app' },
  });
  const { credentials, environment } = settle(
    { MARIADB_ROOT_PASSWORD: 'r' },
    { user: 'shop', password: 'p', database: 'd' },
  );
  expect(credentials).toEqual({ user: 'shop', password: 'p', database: 'd', admin: { user: 'root', password: 'r' } });
  expect(environment).toEqual({
    MARIADB_ROOT_PASSWORD: 'r',
    MARIADB_USER: 'shop',
    MARIADB_PASSWORD: 'p',
    MARIADB_DATABASE: 'd',
  });
});
