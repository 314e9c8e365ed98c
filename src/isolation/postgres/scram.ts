import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** The fewest that all clients take: JDBC's and Bun's refuse a server that asks for less. */
const iterations = 4096;

/**
 * Makes from an ASCII password what Postgres keeps of it (RFC 5802). The server is given this in the place of the password, so
 * that it neither computes it nor can write the password into its log. Takes most of a millisecond; handing it to another thread and
 * back would cost more.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
