import { expect, test } from 'vitest';
import type { Login, Target } from './target.js';
import { Targets } from './targets.js';
import { rewriteText } from './text.js';

/** A target whose slice has the login given and, where it is embedded, another port. */
function target(kind: Target['kind'], port: number, login: Login, more: Partial<Target> = {}): Target {
  return {
    ...{ service: 'db', kind, protocol: kind, names: ['db'], port, ports: [port], published: new Map() },
    ...{ own: {}, login, newLogin: true, newDatabase: true },
    address: (asked = port) => (asked === port ? { host: 'slice', port } : undefined),
    ...more,
  };
}

const rewritten = (text: string, one: Target) => rewriteText(text, new Targets([one]));

test.each<[Login, string]>([
  [{}, 'redis://slice:6379/0'],
  [{ password: 'p@1' }, 'redis://:p%401@slice:6379/0'],
  [{ user: 'u' }, 'redis://u:@slice:6379/0'],
  [{ user: 'u', password: 'p', database: '3' }, 'redis://u:p@slice:6379/3'],
])('a Redis URL gets the login %j', (login, expected) => {
  expect(rewritten('redis://:old@db:6379/0', target('redis', 6379, login))).toBe(expected);
});

test('a Postgres URL without a password gets the user alone', () => {
  expect(rewritten('postgres://a:b@db/x', target('postgres', 5432, { user: 'u' }))).toBe('postgres://u@slice/x');
  const login = { user: 'u', password: 'p', database: 'd' };
  expect(rewritten('postgresql:///x?host=db', target('postgres', 5432, login))).toBe('postgresql:///d?host=slice');
});

test('a URL of another kind gets the login where it speaks that protocol', () => {
  const login = { user: 'u', password: 'p', database: 'd' };
  const mysql = target('tcp', 3306, login, { protocol: 'mariadb' });
  expect(rewritten('mysql://a:b@db:3306/x', mysql)).toBe('mysql://u:p@slice:3306/d');
  const search = target('tcp', 9200, login, { protocol: 'search' });
  expect(rewritten('search://a:b@db:9200/x', search)).toBe('search://u:p@slice:9200/d');
  expect(rewritten('http://a:b@db:9200/x', search)).toBe('http://a:b@slice:9200/x');
});

test('the usual port of a scheme is meant where the service has it, and a port that it has not stays as it is', () => {
  const web = target(
    'http',
    3000,
    {},
    {
      ports: [3000, 443],
      address: (port = 3000) => (port === 1 ? undefined : { host: 'slice', port: port + 10_000 }),
    },
  );
  expect(rewritten('https://db/x', web)).toBe('https://slice:10443/x');
  expect(rewritten('http://db/x', web)).toBe('http://slice:13000/x');
  expect(rewritten('http://db:1/x', web)).toBe('http://db:1/x');
});

test('an address of Go’s driver keeps its own login and database where no other is needed', () => {
  const login = { user: 'u', password: 'p', database: 'd' };
  const at = (more: Partial<Target>) => rewritten('a:b@tcp(db:3306)/x', target('tcp', 3306, login, more));
  expect(at({})).toBe('u:p@tcp(slice:3306)/d');
  expect(at({ newLogin: false, newDatabase: false })).toBe('a:b@tcp(slice:3306)/x');
  expect(at({ address: () => undefined })).toBe('a:b@tcp(db:3306)/x');
});
