import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { probePostgres } from './postgres.js';

// A real server is probed in test/integration/embedded-postgres.test.ts; what one says only for moments is here.
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function answering(answer: Buffer): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.end(answer));
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

function failure(fields: string): Buffer {
  const body = Buffer.from(fields);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const starting = 'SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0';

it.each([
  ['a server that is starting', failure(starting), 'the database system is starting up'],
  ['a server of another kind', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'the answer is not a Postgres one'],
  ['a server that hangs up', Buffer.alloc(0), 'connection closed by the service'],
  ['half an answer', failure(starting).subarray(0, 9), 'connection closed by the service'],
])('does not find ready %s', async (_, answer, reason) => {
  const port = await answering(answer);
  const result = probePostgres('127.0.0.1', port, { user: 'u', password: 'p' }, new AbortController().signal);
  expect(await result).toEqual({ ok: false, reason });
});
