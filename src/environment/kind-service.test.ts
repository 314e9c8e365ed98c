import { expect, test } from 'vitest';
import type { KindDefinition, ServiceDefinition } from '../model/index.js';
import { kindService } from './kind-service.js';
import { urlOfKind } from './kind-url.js';

const kind: KindDefinition = {
  name: 'search',
  port: 9200,
  image: 'search:1',
  login: ({ given, variable, makePassword }) => {
    const password = variable('SECRET') ?? given?.password ?? makePassword();
    return { credentials: { user: 'me', password }, environment: { SECRET: password, COLOR: 'red' } };
  },
  throwaway: { folder: '/var/lib/search', arguments: ['--no-sync'], programs: ['searchd'] },
};

const bare: ServiceDefinition = {
  name: 'index',
  kind: 'tcp',
  custom: kind,
  image: 'search:1',
  environment: {},
  ports: [],
  dependsOn: [],
  mounts: [],
  secrets: [],
  configs: [],
  networks: [],
  aliases: [],
  labels: {},
  replicas: 1,
  container: {},
};
const memory = { type: 'tmpfs', target: '/var/lib/search', readOnly: false, options: 'exec,mode=1777' };

function complete(extra: Partial<ServiceDefinition>, definition = kind): ServiceDefinition {
  const service = { ...bare, ...extra };
  return kindService(service, definition, (name) => service.environment[name]);
}

test('the kind settles the login, and tells it to the image where the service does not', () => {
  const given = complete({ environment: { SECRET: 'own' } });
  expect(given).toMatchObject({
    credentials: { user: 'me', password: 'own' },
    environment: { SECRET: 'own', COLOR: 'red' },
  });
  const inFile = complete({ environment: { SECRET_FILE: '/run/secrets/x' }, credentials: { password: 'of the file' } });
  expect(inFile.environment).toEqual({ SECRET_FILE: '/run/secrets/x', COLOR: 'red' });
  const made = complete({});
  expect(made.credentials?.password).toMatch(/^[\w-]{32}$/);
  expect(made.environment['SECRET']).toBe(made.credentials?.password);
  expect(complete({ credentials: { user: 'as said' } }, { ...kind, login: undefined } as never).credentials).toEqual({
    user: 'as said',
  });
});

test.each<[string, Partial<ServiceDefinition>, readonly string[] | undefined, readonly object[]]>([
  ['nothing', {}, ['--no-sync'], [memory]],
  ['arguments', { command: ['--big'] }, ['--no-sync', '--big'], [memory]],
  ['its server', { command: ['searchd', '--big'] }, ['searchd', '--no-sync', '--big'], [memory]],
  ['another program', { command: ['sh', '-c', 'x'] }, ['sh', '-c', 'x'], [memory]],
  [
    'a volume',
    { mounts: [{ type: 'volume', source: 'x', target: '/var/lib', readOnly: false }] },
    ['--no-sync'],
    [{ source: 'x' }],
  ],
  ['durability', { lease: { durable: true } }, undefined, []],
  ['an entry point', { entrypoint: ['x'] }, undefined, []],
])('the image is told that its data is thrown away, where the service asks for %s', (_, extra, command, mounts) => {
  const service = complete(extra);
  expect(service.command).toEqual(command);
  expect(service.mounts).toMatchObject(mounts);
});

test.each([
  [{}, 'search://127.0.0.1:9200'],
  [{ user: 'a b', database: 'c/d' }, 'search://a%20b@127.0.0.1:9200/c%2Fd'],
  [{ user: 'me', password: 'p@:', database: 'x' }, 'search://me:p%40%3A@127.0.0.1:9200/x'],
  [{ password: 'p' }, 'search://:p@127.0.0.1:9200'],
])('the URL of %j is %s', (login, url) => {
  expect(urlOfKind(kind, { host: '127.0.0.1', port: 9200, ...login })).toBe(url);
});
