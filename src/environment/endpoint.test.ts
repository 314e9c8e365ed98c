import { expect, test } from 'vitest';
import type { EnvironmentDefinition, PlannedService, ServiceDefinition } from '../model/index.js';
import { defaultLeaseSettings } from '../model/index.js';
import { withCredentials } from './credentials.js';
import { makeEndpoint } from './endpoint.js';

const definition = (kind: ServiceDefinition['kind'], extra: Partial<ServiceDefinition> = {}): ServiceDefinition => ({
  name: 'one',
  kind,
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

const planned = (service: ServiceDefinition, readiness: PlannedService['readiness'] = []): PlannedService => ({
  name: service.name,
  definition: service,
  ports: [],
  dependsOn: [],
  readiness,
  startOrder: 0,
});

const parts = {
  id: 'key/one-1',
  ports: [{ target: 1, protocol: 'tcp', host: '127.0.0.1', port: 40001 }],
  status: 'healthy',
  registeredAt: 1,
  now: 2,
} as const;

function complete(service: ServiceDefinition, secrets: EnvironmentDefinition['secrets'] = {}): PlannedService {
  const settings = {
    runtime: 'auto',
    ports: 'dynamic',
    keepWarmMs: 0,
    startTimeoutMs: 1,
    leases: defaultLeaseSettings,
  } as const;
  const empty = { networks: {}, volumes: {}, secrets, configs: {}, files: [], warnings: [], settings };
  const whole = { project: 'p', directory: '/', services: [service], ...empty };
  const plan = withCredentials({ definition: whole, services: [planned(service)], warnings: [] });
  return plan.services[0] as PlannedService;
}

test('a Postgres of a Compose file has the credentials that its environment says', () => {
  const environment = { POSTGRES_USER: 'shop', POSTGRES_PASSWORD: 'a/b@c', POSTGRES_DB: 'orders' };
  expect(makeEndpoint(complete(definition('postgres', { environment })), parts)).toMatchObject({
    user: 'shop',
    password: 'a/b@c',
    database: 'orders',
    url: 'postgresql://shop:a%2Fb%40c@127.0.0.1:40001/orders',
  });
});

test('a Postgres whose password lies in a secret has the password of the secret', () => {
  const environment = { POSTGRES_PASSWORD_FILE: '/run/secrets/db' };
  const db = definition('postgres', { environment, secrets: [{ source: 'db_password', target: '/run/secrets/db' }] });
  const secrets = { db_password: { type: 'content', content: 'hidden\n' } } as const;
  expect(makeEndpoint(complete(db, secrets), parts)).toMatchObject({ user: 'postgres', password: 'hidden' });
});

test('the database of a Postgres is named like its user when nothing else is said', () => {
  const environment = { POSTGRES_USER: 'shop', POSTGRES_HOST_AUTH_METHOD: 'trust' };
  expect(makeEndpoint(complete(definition('postgres', { environment })), parts)).toMatchObject({
    database: 'shop',
    url: 'postgresql://shop@127.0.0.1:40001/shop',
  });
});

test('a configured Postgres without a password gets one made for this environment, in its environment too', () => {
  const one = complete(definition('postgres', { credentials: {} })).definition;
  const two = complete(definition('postgres', { credentials: {} })).definition;
  expect(one.credentials?.password).toMatch(/^[\w-]{32}$/);
  expect(one.environment['POSTGRES_PASSWORD']).toBe(one.credentials?.password);
  expect(two.credentials?.password).not.toBe(one.credentials?.password);
});

test('a Redis has the password that its command demands', () => {
  const redis = definition('redis', { command: ['redis-server', '--requirepass', 'secret'] });
  expect(makeEndpoint(complete(redis), parts)).toMatchObject({
    password: 'secret',
    database: 0,
    url: 'redis://:secret@127.0.0.1:40001/0',
  });
});

test('an HTTP service tells its base URL and where its health is asked for', () => {
  const service = planned(definition('http'), [{ type: 'http', port: 1, path: '/health', maxStatus: 399 }]);
  expect(makeEndpoint(service, parts)).toMatchObject({
    baseUrl: 'http://127.0.0.1:40001',
    healthUrl: 'http://127.0.0.1:40001/health',
  });
});

test('an IPv6 address stands in brackets', () => {
  const ports = [{ target: 1, protocol: 'tcp', host: '::1', port: 5 }] as const;
  expect(makeEndpoint(planned(definition('tcp')), { ...parts, ports })?.url).toBe('tcp://[::1]:5');
});

test('a service without ports has no endpoint', () => {
  expect(makeEndpoint(planned(definition('tcp')), { ...parts, ports: [] })).toBeUndefined();
});
