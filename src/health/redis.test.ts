import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { probeRedis } from './redis.js';
import { openRedis } from './redis-wire/connection.js';

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

it('reads answers that come in pieces, several at once, and some that nobody asked for', async () => {
  const large = 'x'.repeat(100_000);
  const server = createServer((socket) => {
    const [first, second] = [
      `+OK\r\n$${large.length}\r\n${large.slice(0, 50_000)}`,
      `${large.slice(50_000)}\r\n:7\r\n+more\r\n`,
    ];
    socket
      .on('error', () => {})
      .once('data', () => socket.write(first, () => setImmediate(() => socket.write(second))));
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await new Promise((resolve) => server.once('listening', resolve));
  const target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const connection = await openRedis(target, new AbortController().signal);
  const [, text, number] = await connection.send([
    ['SET', 'a', 1],
    ['GET', 'a'],
    ['INCR', 'b'],
  ]);
  expect([String(text), number]).toEqual([large, 7]);
  connection.close();
  expect(connection.isOpen).toBe(false);
  await expect(connection.send([['PING']])).rejects.toThrow('connection closed');
});

it('opens no session in a database that the server refuses, and none for a signal that has aborted', async () => {
  const target = { host: '127.0.0.1', port: await answering('-ERR DB index is out of range\r\n'), database: 99 };
  await expect(openRedis(target, new AbortController().signal)).rejects.toThrow('ERR DB index is out of range');
  const reason = new Error('enough');
  await expect(openRedis({ ...target, port: await answering('+OK\r\n') }, AbortSignal.abort(reason))).rejects.toBe(
    reason,
  );
});
