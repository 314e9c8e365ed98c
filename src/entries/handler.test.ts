import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createRegistryServer, Handler, openStorage, RegistryClient } from './registry.js';

const token = 'a-token-of-the-tests-which-is-long-enough';

async function startRegistry() {
  const storage = await openStorage({ backend: 'memory', now: Date.now });
  const server = createRegistryServer({ storage, token });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  onTestFinished(async () => {
    await server.close();
    await storage.close();
  });
  return { server_address: `tcp://127.0.0.1:${port}`, url: `http://127.0.0.1:${port}` };
}

function newServer(): Server {
  const server = createServer();
  onTestFinished(() => void server.close());
  return server;
}

test('P3 P4 P5 P6 P7 P10 P13 P16 P17 P18 P19 five handlers with the same hint register five real addresses', async () => {
  const { server_address, url } = await startRegistry();
  const handlers = ['A', 'B', 'C', 'D', 'E'].map(
    (handler_id) =>
      new Handler({
        handler_id,
        handler_host: 'tcp://127.0.0.1:5000',
        server_address,
        token,
        methods: ['sum', 'mean'],
      }),
  );
  expect(handlers.map(({ handler_address }) => handler_address)).toEqual([null, null, null, null, null]);
  const addresses = await Promise.all(handlers.map((handler) => handler.listen(newServer())));
  expect(handlers.map(({ handler_address }) => handler_address)).toEqual(addresses);
  const ports = addresses.map((address) => Number(new URL(address).port));
  expect(new Set([...ports, 5000]).size).toBe(6);
  for (const port of ports) expect(port).toBeGreaterThan(1024);
  const answer = await fetch(`${url}/api/handlers`, { headers: { authorization: `Bearer ${token}` } });
  const { handlers: shown } = (await answer.json()) as { handlers: { handler_id: string }[] };
  expect(shown.sort((a, b) => a.handler_id.localeCompare(b.handler_id))).toEqual(
    handlers.map(({ handler_id }, index) => ({ handler_id, address: addresses[index], methods: ['sum', 'mean'] })),
  );
  for (const handler of handlers) await handler.close();
  const client = new RegistryClient({ url, token });
  expect(await client.list()).toEqual([]);
  await client.close();
});

test('P12 P14 P15 P20 P23 P24 the constructor of before works unchanged, a port in the configuration is ignored, and the address is logged', async () => {
  const { server_address } = await startRegistry();
  process.env['PORTSIDE_REGISTRY_TOKEN'] = token;
  process.env['PORTSIDE_REGISTRY_URL'] = server_address;
  onTestFinished(() => {
    delete process.env['PORTSIDE_REGISTRY_TOKEN'];
    delete process.env['PORTSIDE_REGISTRY_URL'];
  });
  await using old = new Handler('old', 'tcp://127.0.0.1:1', server_address);
  expect(await old.listen(newServer())).not.toBe('tcp://127.0.0.1:1');
  const lines: unknown[] = [];
  await using handler = new Handler({ handler_id: 'new', handler_port: 1, log: (...line) => lines.push(line) });
  const address = await handler.listen(newServer());
  expect(lines).toEqual([['info', 'Handler server listening', { address, note: 'OS-assigned port' }]]);
});

test('P36 a handler is found by its name', async () => {
  const { server_address, url } = await startRegistry();
  await using handler = new Handler({ handler_id: 'math-1', name: 'math', server_address, token });
  const address = await handler.listen(newServer());
  const client = new RegistryClient({ url, token });
  expect((await client.lookup('math')).map((endpoint) => endpoint.url)).toEqual([address]);
  await client.close();
});

test.each([
  ['tcp://*:4243', '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  ['tcp://[::]:4243', '[::1]'],
])('a handler that listens on %s is registered, and reached, at %s', async (handler_host, host) => {
  const { server_address, url } = await startRegistry();
  await using handler = new Handler({ handler_id: 'A', handler_host, server_address, token });
  const server = newServer();
  const address = await handler.listen(server);
  const { port } = server.address() as AddressInfo;
  expect([address, handler.handler_address]).toEqual([`tcp://${host}:${port}`, `tcp://${host}:${port}`]);
  const client = new RegistryClient({ url, token });
  expect((await client.list()).map((endpoint) => endpoint.url)).toEqual([address]);
  await client.close();
  const socket = connect(port, host.replace(/[[\]]/g, ''));
  await once(socket, 'connect');
  socket.destroy();
});

test('a handler that cannot register does not listen', async () => {
  const server = newServer();
  const handler = new Handler({ handler_id: 'A', server_address: 'tcp://127.0.0.1:1', token });
  await expect(handler.listen(server)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  expect([server.listening, handler.handler_address]).toEqual([false, null]);
});
