import { expect, test } from 'vitest';
import type { Endpoint, EnvironmentState, ServiceProgress } from '../model/index.js';
import { ServiceRegistry } from '../registry/index.js';
import type { Replica } from './replica.js';
import { undiscoverable } from './undiscoverable.js';

/** What a replica knows of an environment. */
function replicaOf({
  state = { state: 'ready' },
  steps = [],
  endpoints = [],
  known = true,
}: {
  state?: EnvironmentState;
  steps?: readonly Partial<ServiceProgress>[];
  endpoints?: readonly Partial<Endpoint>[];
  known?: boolean;
}): Replica {
  const registry = new ServiceRegistry({ now: () => 0 });
  for (const endpoint of endpoints) registry.register({ id: endpoint.name, ...endpoint } as Endpoint);
  return { state, progress: steps, registry, ...(known ? { environment: {} } : {}) } as unknown as Replica;
}

const api = { service: 'api', kind: 'http', phase: 'probing' } as const;

test('what has failed or stopped is never discovered', () => {
  const error = { code: 'SERVICE_EXITED', message: 'Cannot start.' } as const;
  expect(undiscoverable(replicaOf({ state: { state: 'failed', error } }), 'api')).toMatchObject(error);
  for (const state of ['stopping', 'stopped'] as const)
    expect(undiscoverable(replicaOf({ state: { state } }), 'api')).toMatchObject({ code: 'ENVIRONMENT_STOPPED' });
});

test('a service that is not there is so at once where the environment is known, else after the wait', () => {
  expect(undiscoverable(replicaOf({ steps: [api] }), 'ap')).toMatchObject({
    code: 'DISCOVERY_UNKNOWN_SERVICE',
    hint: "Did you mean 'api'? Known services: api.",
  });
  expect(undiscoverable(replicaOf({ known: false }), 'ap')).toBeUndefined();
  expect(undiscoverable(replicaOf({ known: false }), 'ap', 5)).toMatchObject({ hint: 'Known services: none.' });
});

test('a worker has no port to be reached at', () => {
  const steps = [{ ...api, kind: 'worker' }] as const;
  expect(undiscoverable(replicaOf({ steps }), 'api')).toMatchObject({ hint: expect.stringContaining('expose') });
});

test('what may still come is waited for, and then told with its status', () => {
  const step = { steps: [api] };
  expect(undiscoverable(replicaOf(step), 'api')).toBeUndefined();
  expect(undiscoverable(replicaOf(step), 'api', 1000).message).toContain("within 1.0 s. Current status is 'probing'.");
  const endpoints = [{ name: 'api', status: 'unhealthy' }] as const;
  expect(undiscoverable(replicaOf({ endpoints }), 'api', 5).message).toContain("Current status is 'unhealthy'.");
});
