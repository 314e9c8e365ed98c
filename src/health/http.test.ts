import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { createServer as createNetServer } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { probeHttp } from './http.js';

const servers: (Server | NetServer)[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const signal = new AbortController().signal;

async function listen<T extends Server | NetServer>(server: T): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'));
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

const http = (listener: RequestListener) => listen(createServer(listener));

it.each([
  [200, 399, { ok: true }],
  [399, 399, { ok: true }],
  [400, 399, { ok: false, reason: 'HTTP 400' }],
  [404, 499, { ok: true }],
  [503, 499, { ok: false, reason: 'HTTP 503' }],
])('judges status %i against the limit %i', async (status, maxStatus, expected) => {
  const port = await http((request, response) => {
    response.writeHead(request.url === '/health' ? status : 418, { location: '/elsewhere' }).end('x'.repeat(100_000));
  });
  await expect(probeHttp('127.0.0.1', port, { path: '/health', maxStatus }, signal)).resolves.toEqual(expected);
});

it('says when the connection is refused', async () => {
  const port = await http(() => {});
  const [server] = servers.splice(0);
  await new Promise((resolve) => server?.close(resolve));
  await expect(probeHttp('127.0.0.1', port, { path: '/', maxStatus: 399 }, signal)).resolves.toEqual({
    ok: false,
    reason: 'connection refused',
  });
});

it('says when the answer is not HTTP, or none', async () => {
  const other = await listen(createNetServer((socket) => socket.on('error', () => {}).end('+PONG\r\n')));
  await expect(probeHttp('127.0.0.1', other, { path: '/', maxStatus: 399 }, signal)).resolves.toEqual({
    ok: false,
    reason: 'the answer is not HTTP',
  });
  const closing = await listen(
    createNetServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end(),
    ),
  );
  await expect(probeHttp('127.0.0.1', closing, { path: '/', maxStatus: 399 }, signal)).resolves.toEqual({
    ok: false,
    reason: 'connection closed by the service',
  });
});

it('rejects with the reason of the signal while the server keeps silent', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const port = await http(() => controller.abort(reason));
  const probe = probeHttp('127.0.0.1', port, { path: '/', maxStatus: 399 }, controller.signal);
  await expect(probe).rejects.toBe(reason);
});
