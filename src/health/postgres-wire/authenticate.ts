import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { MessageStream } from './message-stream.js';
import { message, type PostgresFailure, readFailure, zeroEnded } from './messages.js';
import { ScramExchange } from './scram.js';

/** Severity of the failure that says that the server asks for a password and none was given. */
export const passwordNeeded = 'PASSWORD_NEEDED';

/**
 * Answers the server's questions for a password until it lets us in. Gives the failure when it does not.
 * Knows trust, clear text, MD5 and SCRAM-SHA-256.
 */
export async function authenticate(
  socket: Socket,
  stream: MessageStream,
  user: string,
  password: string | undefined,
): Promise<PostgresFailure | undefined> {
  let scram: ScramExchange | undefined;
  for (;;) {
    const { type, body } = await stream.next();
    if (type === 'E') return readFailure(body);
    if (type !== 'R') return unexpected(`message type ${JSON.stringify(type)} instead of an authentication request`);
    const method = body.readUInt32BE(0);
    if (method === 0) return undefined;
    if (password === undefined) {
      return failure(passwordNeeded, '28P01', `the server asks for a password for user "${user}" and none is known`);
    }
    if (method === 3) {
      socket.write(message('p', zeroEnded(password)));
    } else if (method === 5) {
      const inner = md5(Buffer.from(password + user));
      socket.write(message('p', zeroEnded(`md5${md5(Buffer.concat([Buffer.from(inner), body.subarray(4, 8)]))}`)));
    } else if (method === 10) {
      if (!body.toString('utf8', 4).split('\0').includes('SCRAM-SHA-256')) return unexpected('no SCRAM-SHA-256');
      scram = new ScramExchange(password);
      const first = Buffer.from(scram.clientFirst);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(first.length);
      socket.write(message('p', Buffer.concat([zeroEnded('SCRAM-SHA-256'), length, first])));
    } else if (method === 11) {
      const final = scram?.clientFinal(body.toString('utf8', 4));
      if (final === undefined) return unexpected('a SCRAM challenge that is not ours');
      socket.write(message('p', Buffer.from(final)));
    } else if (method === 12) {
      if (scram?.verifies(body.toString('utf8', 4)) !== true) return unexpected('a wrong SCRAM signature');
    } else {
      return failure('FATAL', '28000', `the server asks for authentication method ${method}, which is not supported`);
    }
  }
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

function unexpected(what: string): PostgresFailure {
  return failure('FATAL', '08P01', `the answer is not a Postgres one: ${what}`);
}

function failure(severity: string, code: string, text: string): PostgresFailure {
  return { severity, code, message: text };
}
