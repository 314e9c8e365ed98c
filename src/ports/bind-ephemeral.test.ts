import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type BindOptions, type BoundAddress, bindEphemeral } from './bind-ephemeral.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function newServer(): Server {
  const server = createServer((socket) => socket.end('hello'));
  servers.push(server);
  return server;
}

const bind = (options?: BindOptions): Promise<BoundAddress> => bindEphemeral(newServer(), options);

describe('bindEphemeral', () => {
  it('P1 P2 P6 P22 P28 gives the address that the server really listens on', async () => {
    const server = newServer();
    const bound = await bindEphemeral(server);
    const { port } = server.address() as AddressInfo;
    expect(bound).toEqual({ host: '127.0.0.1', port, family: 'IPv4', address: `tcp://127.0.0.1:${port}` });
    expect(port).toBeGreaterThan(1024);
  });

  it('P7 P8 P10 P38 P40 binds five servers with the same hint at once, each to a port of its own', async () => {
    const taken = await bind();
    const bound = await Promise.all(Array.from({ length: 5 }, () => bind({ hint: taken.address })));
    const ports = bound.map(({ port }) => port);
    expect(new Set([...ports, taken.port]).size).toBe(6);
    for (const port of ports) expect(port).toBeGreaterThan(1024);
  });

  it('P3 takes only the host of a hint', async () => {
    const bound = await bind({ hint: 'tcp://127.0.0.2:1' });
    expect(bound.host).toBe('127.0.0.2');
    expect(bound.port).toBeGreaterThan(1024);
  });

  it('P11 listens on IPv6 where that is asked for', async () => {
    const bound = await bind({ host: '::1' });
    expect(bound).toMatchObject({ host: '::1', family: 'IPv6', address: `tcp://[::1]:${bound.port}` });
  });

  it('P4 P5 P27 registers once, with the real address, after the server listens, and waits for it', async () => {
    const server = newServer();
    const seen: unknown[] = [];
    expect(server.address()).toBeNull();
    const bound = await bindEphemeral(server, {
      register: async (address) => {
        seen.push(server.listening);
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(address);
      },
    });
    expect(seen).toEqual([true, bound]);
  });

  it('closes the server when it cannot be registered', async () => {
    const server = newServer();
    const reason = new Error('the registry is away');
    await expect(bindEphemeral(server, { register: () => Promise.reject(reason) })).rejects.toBe(reason);
    expect(server.listening).toBe(false);
  });

  it('binds an HTTP server', async () => {
    const server = createHttpServer((_, response) => response.end('hello'));
    servers.push(server);
    const { port } = await bindEphemeral(server);
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('hello');
  });

  it('says why a host cannot be bound, and leaves no listener on the server', async () => {
    const server = newServer();
    await expect(bindEphemeral(server, { host: '203.0.113.1' })).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining('"203.0.113.1"'),
      hint: expect.stringContaining('127.0.0.1'),
    });
    expect([server.listenerCount('error'), server.listenerCount('listening')]).toEqual([0, 0]);
  });

  it('refuses a server that listens already', async () => {
    const server = newServer();
    const { port } = await bindEphemeral(server);
    await expect(bindEphemeral(server)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(`port ${port}`),
    });
  });
});
