import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Announcer, Listener } from '../../src/broadcast/index.js';
import { DiscoveryClient } from '../../src/discovery/index.js';
import { followServicesFile, ServiceRegistry, type ServicesTarget } from '../../src/entries/registry.js';
import { secret } from '../support/announcements.js';
import { freeChannel } from '../support/multicast.js';

function fileOf(text: string): { path: string; write: (text: string) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'portside-updates-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'handler_registry.yaml');
  const write = (content: string) => writeFileSync(path, content);
  write(text);
  return { path, write };
}

/** A server that greets with its name. */
async function greeter(name: string): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined).write(name));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

test('H89 H139 H140 H141 a changed registry file reaches the registry and, by broadcast, dependents, which reconnect', async () => {
  const [first, second] = [await greeter('first'), await greeter('second')];
  const { path, write } = fileOf(`services: { orders: "127.0.0.1:${first}" }`);
  const registry = new ServiceRegistry({ now: () => 0 });
  const channel = await freeChannel();
  const announcer = new Announcer({ secret, now: Date.now, channels: [channel] });
  const listener = new Listener({ secret, now: Date.now, channels: [channel] });
  onTestFinished(async () => {
    await announcer.stop();
    await listener.stop();
  });
  await listener.start();

  // The dependent knows the service only by broadcast, and connects to wherever it is.
  let greeted = (_name: string): void => {};
  let socket: Socket | undefined;
  const end = listener.on('update', ({ announcement: { service } }) => {
    socket?.destroy();
    socket = connect(service.port, service.host).on('error', () => undefined);
    socket.once('data', (name) => greeted(`${name}`));
  });
  onTestFinished(() => {
    end();
    socket?.destroy();
  });
  const greeting = () =>
    new Promise<string>((resolve) => {
      greeted = resolve;
    });
  const broadcast: ServicesTarget = {
    register: (endpoint) => announcer.announce('update', endpoint),
    deregister: (id) => id,
  };

  const connected = greeting();
  const manager = await followServicesFile(path, [registry, broadcast], { intervalMs: 5 });
  onTestFinished(() => manager.close());
  expect(await connected).toBe('first');
  const reconnected = greeting();
  write(`services: { orders: "127.0.0.1:${second}" }`);
  expect(await reconnected).toBe('second');
  expect(registry.lookup('orders').map(({ port }) => port)).toEqual([second]);
});

test('H88 H90 R8 a registry file adds, changes and removes services, and changes nothing when it cannot be read or is refused', async () => {
  const { path, write } = fileOf('A: { address: "tcp://127.0.0.1:1" }\nB: { address: "tcp://127.0.0.1:2" }\n');
  const registry = new ServiceRegistry({ now: () => 0 });
  const refusing: ServicesTarget = {
    register: ({ port }) => (port === 9 ? Promise.reject(new Error('not 9')) : undefined),
    deregister: () => undefined,
  };
  const manager = await followServicesFile(path, [registry, refusing], { intervalMs: 60_000 });
  onTestFinished(() => manager.close());
  const client = new DiscoveryClient({
    strategies: [
      { name: 'registry', timeoutMs: 60_000, describe: () => 'it', find: async (name) => registry.lookup(name) },
    ],
  });
  onTestFinished(() => client.close());
  const ports = () => registry.list().map(({ name, port }) => `${name} ${port}`);
  expect(ports()).toEqual(['A 1', 'B 2']);
  const events: string[] = [];
  onTestFinished(registry.subscribe(({ type, endpoint }) => events.push(`${type} ${endpoint.name}`)));
  write('B: { address: "tcp://127.0.0.1:2" }\nC: ["127.0.0.1:3", "127.0.0.1:4"]\n');
  await manager.reload();
  expect(ports()).toEqual(['B 2', 'C 3', 'C 4']);
  expect(events).toEqual(['deregistered A', 'registered C', 'registered C']);
  expect((await client.discoverAll('C')).length).toBe(2);
  write('B: nowhere\n');
  await expect(manager.reload()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  write('B: "127.0.0.1:9"\n');
  await expect(manager.reload()).rejects.toThrow('not 9');
  expect(ports()).toEqual(['B 2', 'C 3', 'C 4']);
});

test('a file that cannot be used is told at once, and so is a target that refuses it', async () => {
  const { path, write } = fileOf('[1]');
  await expect(followServicesFile(path, [])).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  write('A: "127.0.0.1:1"');
  const refusing: ServicesTarget = {
    register: () => Promise.reject(new Error('closed')),
    deregister: () => undefined,
  };
  await expect(followServicesFile(path, refusing)).rejects.toThrow('closed');
});
