import { expect, test } from 'vitest';
import type { Endpoint, Frame } from '../model/index.js';
import { EnvironmentDiscovery } from './environment-discovery.js';
import { Replica } from './replica.js';

const endpoint = (status: Endpoint['status'], port = 4000, id = 'c-1'): Endpoint =>
  ({ id, name: 'cache', kind: 'redis', port, status, lastHeartbeat: 0 }) as unknown as Endpoint;

const snapshot = (endpoints: readonly Endpoint[]): Frame => ({
  type: 'snapshot',
  environment: { key: 'k', project: 'p', directory: '/', runtime: 'docker', agentPid: 1, warnings: [] },
  state: { state: 'starting' },
  registry: { version: endpoints.length, endpoints },
  progress: [
    { service: 'cache', kind: 'redis', phase: 'starting', elapsedMs: 1 },
    { service: 'job', kind: 'worker', phase: 'starting', elapsedMs: 1 },
  ],
});

function joined(...endpoints: readonly Endpoint[]): { replica: Replica; client: EnvironmentDiscovery } {
  const replica = new Replica(() => 0);
  replica.apply(snapshot(endpoints));
  return { replica, client: new EnvironmentDiscovery(replica) };
}

test('H52 H58 discover gives a healthy endpoint that is known', async () => {
  const { client } = joined(endpoint('healthy'));
  expect((await client.discover('cache')).port).toBe(4000);
});

test('discover waits until the service is healthy', async () => {
  const { client, replica } = joined();
  const found = client.discover('cache');
  replica.apply({ type: 'event', event: { version: 1, type: 'registered', endpoint: endpoint('starting') } });
  replica.apply({ type: 'event', event: { version: 2, type: 'updated', endpoint: endpoint('healthy', 4001) } });
  expect((await found).port).toBe(4001);
});

test('H61 discoverAll gives every healthy replica and no other', async () => {
  const { client } = joined(
    endpoint('healthy', 1, 'c-1'),
    endpoint('unhealthy', 2, 'c-2'),
    endpoint('healthy', 3, 'c-3'),
  );
  expect((await client.discoverAll('cache')).map(({ port }) => port)).toEqual([1, 3]);
});

test('discover refuses an unknown name at once and offers the nearest', async () => {
  const { client } = joined();
  await expect(client.discover('cahce')).rejects.toMatchObject({
    code: 'DISCOVERY_UNKNOWN_SERVICE',
    hint: "Did you mean 'cache'? Known services: cache, job.",
  });
});

test('discover says that a service without ports cannot be reached', async () => {
  const { client } = joined();
  await expect(client.discover('job')).rejects.toMatchObject({ code: 'DISCOVERY_UNKNOWN_SERVICE', service: 'job' });
});

test('discover ends at its deadline and says how the service stands', async () => {
  const { client } = joined(endpoint('unhealthy'));
  await expect(client.discover('cache', { timeoutMs: 5 })).rejects.toMatchObject({
    code: 'DISCOVERY_TIMEOUT',
    message: expect.stringContaining("'unhealthy'"),
  });
});

test('discover passes on the error that the start failed with', async () => {
  const { client, replica } = joined();
  const found = client.discover('cache');
  replica.apply({
    type: 'state',
    state: { state: 'failed', error: { code: 'IMAGE_UNAVAILABLE', message: 'no image' } },
  });
  await expect(found).rejects.toMatchObject({ code: 'IMAGE_UNAVAILABLE', message: 'no image' });
});

test('H63 closing ends waiting discoveries and watches', async () => {
  const { client } = joined();
  const found = client.discover('cache');
  const watched = (async () => {
    for await (const _ of client.watch('cache')) throw new Error('nothing is there to be seen');
  })();
  client.close();
  await expect(found).rejects.toMatchObject({ code: 'ENVIRONMENT_STOPPED' });
  await expect(watched).resolves.toBeUndefined();
});

test('an aborted discovery rejects with the reason of its signal', async () => {
  const { client } = joined();
  await expect(client.discover('cache', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});

test.each([Number.POSITIVE_INFINITY, 2 ** 31])(
  'discover waits, and does not fail at once, for %d ms',
  async (timeoutMs) => {
    const { client, replica } = joined();
    const found = client.discover('cache', { timeoutMs });
    setTimeout(() => {
      replica.apply({ type: 'event', event: { version: 1, type: 'registered', endpoint: endpoint('healthy', 4001) } });
    }, 30);
    expect((await found).port).toBe(4001);
  },
);
