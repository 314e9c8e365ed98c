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

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function failure(fields: string): Buffer {
  return message('E', Buffer.from(fields));
}

/** A question for a password in one of the numbered ways. */
function asking(method: number, more = ''): Buffer {
  return message('R', Buffer.concat([Buffer.from([0, 0, 0, method]), Buffer.from(more)]));
}

const starting = 'SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0';

it.each([
  ['a server that is starting', failure(starting), 'the database system is starting up'],
  ['a server of another kind', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'the answer is not a Postgres one'],
  ['a server that hangs up', Buffer.alloc(0), 'connection closed by the service'],
  ['a server that says nothing of its failure', failure('\0'), 'the server gave no message'],
  ['a server that asks for Kerberos', asking(7), 'the server asks for authentication method 7, which is not supported'],
  ['a server without SCRAM-SHA-256', asking(10, 'SCRAM-X\0\0'), 'the answer is not a Postgres one: no SCRAM-SHA-256'],
  [
    'a server that goes on with a SCRAM that was not begun',
    asking(11, 'r=1'),
    'the answer is not a Postgres one: a SCRAM challenge that is not ours',
  ],
  [
    'a server with a challenge of another exchange',
    Buffer.concat([asking(10, 'SCRAM-SHA-256\0\0'), asking(11, 'r=other,s=c2FsdA==,i=4096')]),
    'the answer is not a Postgres one: a SCRAM challenge that is not ours',
  ],
  ['a server that proves nothing', asking(12, 'v=x'), 'the answer is not a Postgres one: a wrong SCRAM signature'],
  [
    'a server that begins with data',
    message('D', Buffer.from([0, 0])),
    'the answer is not a Postgres one: message type "D" instead of an authentication request',
  ],
  ['half an answer', failure(starting).subarray(0, 9), 'connection closed by the service'],
])('does not find ready %s', async (_, answer, reason) => {
  const port = await answering(answer);
  const result = probePostgres('127.0.0.1', port, { user: 'u', password: 'p' }, new AbortController().signal);
  expect(await result).toEqual({ ok: false, reason });
});

it('finds a server ready that asks for a password that nobody knows: it is up', async () => {
  const port = await answering(asking(3));
  expect(await probePostgres('127.0.0.1', port, { user: 'u' }, new AbortController().signal)).toEqual({ ok: true });
});
