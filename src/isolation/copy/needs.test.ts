import { expect, test } from 'vitest';
import type { PlannedService, ServiceDefinition } from '../../model/index.js';
import { leasedNeeds } from './needs.js';

function planned(name: string, definition: Partial<ServiceDefinition> = {}): PlannedService {
  const none = { mounts: [], secrets: [], configs: [], networks: [], labels: {}, replicas: 1, container: {} };
  const base = { name, kind: 'http', environment: {}, dependsOn: [], aliases: [], ports: [], ...none } as const;
  const whole: ServiceDefinition = { ...base, ...definition };
  return { name, definition: whole, ports: [], dependsOn: whole.dependsOn, readiness: [], startOrder: 0 };
}

const others = [
  planned('db', { kind: 'postgres', aliases: ['orders-db'] }),
  planned('cache', { kind: 'redis' }),
  planned('auth'),
  planned('migrate', { kind: 'worker' }),
  planned('mail'),
];

const needsOf = (definition: Partial<ServiceDefinition>) => {
  const api = planned('api', definition);
  return leasedNeeds(api, [...others, api]);
};

const waits = (service: string, condition: 'service_started' | 'service_completed_successfully') => ({
  service,
  condition,
  required: true,
});

test('leasedNeeds gives what environment and commands name, in the order of the services', () => {
  const environment = { AUTH: 'http://auth:3000', DB_HOST: 'orders-db', OWN: 'http://api:8080', MODE: 'mail' };
  expect(needsOf({ environment })).toEqual(['db', 'auth']);
  expect(needsOf({ command: ['serve', '--redis', 'redis://cache'] })).toEqual(['cache']);
  expect(needsOf({ embedded: { command: ['x'], cwd: '/', environment: { A: 'mail:25' } } })).toEqual(['mail']);
});

test('leasedNeeds gives what the service depends on, and not what only runs before it', () => {
  const dependsOn = [waits('cache', 'service_started'), waits('migrate', 'service_completed_successfully')];
  expect(needsOf({ dependsOn })).toEqual(['cache']);
});

test('leasedNeeds finds a service by the name that a link gives it', () => {
  expect(needsOf({ environment: { URL: 'redis://store' }, container: { links: ['cache:store'] } })).toEqual(['cache']);
});
