import { expect, test } from 'vitest';
import type { EnvironmentDefinition, ServiceDefinition } from '../model/index.js';
import { defaultLeaseSettings } from '../model/index.js';
import { planEnvironment } from './plan.js';

const service = (name: string, extra: Partial<ServiceDefinition> = {}): ServiceDefinition => ({
  name,
  kind: 'worker',
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
  ...extra,
});

const definition = (services: readonly ServiceDefinition[]): EnvironmentDefinition => ({
  project: 'shop',
  directory: '/shop',
  files: ['/shop/compose.yaml'],
  services,
  networks: {},
  volumes: {},
  secrets: {},
  configs: {},
  settings: { runtime: 'auto', ports: 'dynamic', keepWarmMs: 0, startTimeoutMs: 1000, leases: defaultLeaseSettings },
  warnings: [],
});

const after = (
  name: string,
  condition: 'service_started' | 'service_healthy' = 'service_started',
  required = true,
) => ({
  service: name,
  condition,
  required,
});

test('services are planned in the order in which they can start', () => {
  const plan = planEnvironment(
    definition([
      service('api', { dependsOn: [after('db', 'service_healthy'), after('cache')] }),
      service('web', { dependsOn: [after('api')] }),
      service('db', { kind: 'postgres' }),
      service('cache', { kind: 'redis' }),
    ]),
  );
  expect(plan.services.map(({ name, startOrder }) => `${startOrder} ${name}`)).toEqual([
    '0 cache',
    '0 db',
    '1 api',
    '2 web',
  ]);
});

test('a cycle is refused and shown as a path', () => {
  const services = [
    service('a', { dependsOn: [after('b')] }),
    service('b', { dependsOn: [after('c')] }),
    service('c', { dependsOn: [after('b')] }),
  ];
  expect(() => planEnvironment(definition(services))).toThrowError(
    expect.objectContaining({ code: 'COMPOSE_CYCLE', message: expect.stringContaining('b -> c -> b') }),
  );
});

test('a dependency on an undefined service is refused with the nearest name, unless it is optional', () => {
  const services = (required: boolean) => [
    service('api', { dependsOn: [after('databse', 'service_started', required)] }),
    service('database', { kind: 'postgres' }),
  ];
  expect(() => planEnvironment(definition(services(true)))).toThrowError(
    expect.objectContaining({ code: 'COMPOSE_REFERENCE', service: 'api', hint: "Did you mean 'database'?" }),
  );
  expect(planEnvironment(definition(services(false))).services).toHaveLength(2);
});

test('a Postgres that names no port is planned with its own, chosen at start', () => {
  const [db] = planEnvironment(definition([service('db', { kind: 'postgres' })])).services;
  expect(db?.ports).toEqual([{ target: 5432, protocol: 'tcp', policy: 'dynamic' }]);
});

test.each([
  ['postgres', undefined, [{ type: 'postgres', port: 5000 }]],
  ['postgres', ['CMD-SHELL', 'pg_isready -U shop || exit 1'], [{ type: 'postgres', port: 5000 }]],
  [
    'postgres',
    ['CMD-SHELL', 'pg_isready && test -f /ready'],
    [
      { type: 'postgres', port: 5000 },
      { type: 'exec', command: ['/bin/sh', '-c', 'pg_isready && test -f /ready'] },
    ],
  ],
  ['redis', ['CMD', 'redis-cli', '-a', 'x', 'ping'], [{ type: 'redis', port: 5000 }]],
  [
    'http',
    ['CMD', 'curl', '-f', 'http://localhost:5000/health'],
    [{ type: 'http', port: 5000, path: '/health', maxStatus: 399 }],
  ],
  [
    'http',
    ['CMD', 'node', '-e', "fetch('http://127.0.0.1:5000/up').then((r) => process.exit(r.ok ? 0 : 1))"],
    [{ type: 'http', port: 5000, path: '/up', maxStatus: 399 }],
  ],
  ['http', ['CMD', 'node', 'check.js'], [{ type: 'exec', command: ['node', 'check.js'] }]],
  ['http', undefined, [{ type: 'http', port: 5000, path: '/', maxStatus: 499 }]],
  ['tcp', undefined, [{ type: 'tcp', port: 5000 }]],
  ['tcp', ['CMD', 'true'], [{ type: 'exec', command: ['true'] }]],
  [
    'http',
    ['CMD-SHELL', 'curl -f -u me:pw http://localhost:5000/ || exit 1'],
    [{ type: 'exec', command: ['/bin/sh', '-c', 'curl -f -u me:pw http://localhost:5000/ || exit 1'] }],
  ],
] as const)('a %s service with the health check %j is ready by %j', (kind, check, expected) => {
  const planned = service('one', {
    kind,
    ports: [{ target: 5000, protocol: 'tcp' }],
    ...(check === undefined ? {} : { healthcheck: { test: check } }),
  });
  expect(planEnvironment(definition([planned])).services[0]?.readiness).toEqual(expected);
});

test.each([3306, 27_017])(
  'a database at %i, which runs a server for its init scripts first, must also listen',
  (port) => {
    const healthcheck = { test: ['CMD', 'ask'] };
    const planned = service('one', { kind: 'tcp', ports: [{ target: port, protocol: 'tcp' }], healthcheck });
    expect(planEnvironment(definition([planned])).services[0]?.readiness).toEqual([
      { type: 'tcp', port },
      { type: 'exec', command: ['ask'] },
    ]);
  },
);

test('a service awaited as healthy without any check of its own is judged by the check in its image', () => {
  const services = [service('job'), service('api', { dependsOn: [after('job', 'service_healthy')] })];
  expect(planEnvironment(definition(services)).services[0]?.readiness).toEqual([{ type: 'engine' }]);
});
