import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { probeRedis } from './redis.js';

// A real redis-server is probed in test/integration/embedded-redis.test.ts; answers that one gives only by chance are here.
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function answering(text: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.write(text));
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

it.each([
  ['+PONG\r\n', {}, { ok: true }],
  ['-NOAUTH Authentication required.\r\n', {}, { ok: true }],
  [
    '-LOADING Redis is loading the dataset in memory\r\n',
    {},
    { ok: false, reason: 'LOADING Redis is loading the dataset in memory' },
  ],
  ['+OK\r\n+PONG\r\n', { password: 'x' }, { ok: true }],
  [
    '-WRONGPASS invalid username-password pair or user is disabled.\r\n-NOAUTH Authentication required.\r\n',
    { user: 'u', password: 'x' },
    { ok: false, reason: 'password rejected: WRONGPASS invalid username-password pair or user is disabled.' },
  ],
  ['HTTP/1.1 400 Bad Request\r\n', {}, { ok: false, reason: 'the answer is not a Redis one' }],
])('judges the answer %j', async (text, credentials, expected) => {
  const signal = new AbortController().signal;
  await expect(probeRedis('127.0.0.1', await answering(text), credentials, signal)).resolves.toEqual(expected);
});

it('rejects with the reason of the signal while the server keeps silent', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const probe = probeRedis('127.0.0.1', await answering(''), {}, controller.signal);
  setImmediate(() => controller.abort(reason));
  await expect(probe).rejects.toBe(reason);
});
