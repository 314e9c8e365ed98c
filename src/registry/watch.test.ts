import { expect, test } from 'vitest';
import type { Endpoint } from '../model/index.js';
import { ServiceRegistry } from './service-registry.js';
import { watchService } from './watch.js';

const endpoint = (id: string, name: string): Endpoint =>
  ({ id, name, kind: 'tcp', status: 'healthy', lastHeartbeat: 0 }) as unknown as Endpoint;

test('H62 watching gives what is there, then every change of that name, in order', async () => {
  const registry = new ServiceRegistry({ now: () => 0 });
  registry.register(endpoint('1', 'cache'));
  const stop = new AbortController();
  const seen: string[] = [];
  const watching = (async () => {
    for await (const { type, endpoint: changed } of watchService(registry, 'cache', stop.signal)) {
      seen.push(`${type} ${changed.id} ${changed.status}`);
      if (type === 'deregistered') stop.abort();
    }
  })();
  registry.register(endpoint('7', 'other'));
  registry.updateStatus('1', 'unhealthy');
  await Promise.resolve();
  registry.register(endpoint('2', 'cache'));
  registry.deregister('1');
  await watching;
  expect(seen).toEqual([
    'registered 1 healthy',
    'updated 1 unhealthy',
    'registered 2 healthy',
    'deregistered 1 unhealthy',
  ]);
});

test('watching ends when its signal aborts while it waits', async () => {
  const registry = new ServiceRegistry({ now: () => 0 });
  const stop = new AbortController();
  setImmediate(() => stop.abort());
  const seen = [];
  for await (const event of watchService(registry, 'cache', stop.signal)) seen.push(event);
  expect(seen).toEqual([]);
});
