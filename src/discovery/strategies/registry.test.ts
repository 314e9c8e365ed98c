import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openStorage, RegistryClient } from '../../registry/index.js';
import { createRegistryServer } from '../../server/index.js';
import { RegistryStrategy } from './registry.js';

const token = 'a-token-of-the-tests-which-is-long-enough';
const orders = { name: 'orders', host: '127.0.0.1', port: 8080 };
const never = new AbortController().signal;
const wait = { timeout: 30_000, interval: 5 };

async function serve(port = 0) {
  const storage = await openStorage({ backend: 'memory', now: () => performance.now() });
  const server = createRegistryServer({ storage, token });
  let requests = 0;
  server.addHook('onRequest', (request, _, done) => {
    if (request.url.startsWith('/v1/services/')) requests++;
    done();
  });
  await server.listen({ host: '127.0.0.1', port });
  const address = { url: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`, token };
  const close = async (): Promise<void> => {
    await server.close();
    await storage.close();
  };
  onTestFinished(close);
  return { address, registry: storage.registry, close, requests: () => requests };
}

function strategyFor(options: ConstructorParameters<typeof RegistryStrategy>[0]): RegistryStrategy {
  const strategy = new RegistryStrategy(options);
  onTestFinished(() => strategy.close());
  return strategy;
}

test('H65 H135 a service is found in the registry; later look-ups follow its changes without a request', async () => {
  const { address, requests } = await serve();
  const client = new RegistryClient(address);
  onTestFinished(() => client.close());
  await client.register('1', orders);
  const strategy = strategyFor({ registry: address });
  const changes: unknown[] = [];
  strategy.onChange((name) => changes.push(name));
  expect(await strategy.find('orders', never)).toMatchObject([{ port: 8080 }]);
  // The snapshot is told as a change of everything.
  await expect.poll(() => changes, wait).toEqual([undefined]);
  const before = requests();
  await client.register('2', { ...orders, port: 8081 });
  await expect.poll(async () => (await strategy.find('orders', never)).length, wait).toBe(2);
  await client.heartbeat('1');
  await client.updateHealth('1', false);
  await expect.poll(async () => (await strategy.find('orders', never))[0]?.status, wait).toBe('unhealthy');
  expect(changes).toEqual([undefined, 'orders', 'orders']);
  expect(requests() - before).toBe(3);
});

test('H97 a registry that does not answer is tried three times more, then that is told', async () => {
  const { address, close } = await serve();
  await close();
  const strategy = strategyFor({ registry: address, timeoutMs: 1000 });
  await expect(strategy.find('orders', never)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  expect(strategy.describe()).toBe(address.url);
});

test('a registry that goes is doubted at once, and asked again when it is back', async () => {
  const first = await serve();
  const strategy = strategyFor({ registry: first.address, retries: 0 });
  const changes: unknown[] = [];
  strategy.onChange((name) => changes.push(name));
  await strategy.find('orders', never);
  await expect.poll(() => changes.length, wait).toBe(1);
  await first.close();
  await expect.poll(() => changes.length, wait).toBe(2);
  await expect(strategy.find('orders', never)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  const again = await serve(Number(new URL(first.address.url).port));
  const client = new RegistryClient(again.address);
  await client.register('1', orders);
  await client.close();
  expect(await strategy.find('orders', never)).toHaveLength(1);
});

test('a registry that was started anew elsewhere is found by its new address', async () => {
  const first = await serve();
  let address = first.address;
  const strategy = strategyFor({ registry: () => address });
  expect(await strategy.find('orders', never)).toEqual([]);
  const second = await serve();
  const client = new RegistryClient(second.address);
  await client.register('1', orders);
  await client.close();
  address = second.address;
  await first.close();
  await expect.poll(async () => (await strategy.find('orders', never)).length, wait).toBe(1);
});

test('without a registry that is known, and with a wrong token, that is told', async () => {
  const { address } = await serve();
  const none = strategyFor({ registry: () => undefined });
  await expect(none.find('orders', never)).rejects.toThrow('none is known');
  expect(none.describe()).toBe('no registry known');
  const wrong = strategyFor({ registry: { ...address, token: 'wrong' } });
  await expect(wrong.find('orders', never)).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
});
