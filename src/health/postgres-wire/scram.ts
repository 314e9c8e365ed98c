import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

/** One SCRAM-SHA-256 exchange from the client's side (RFC 5802, RFC 7677), without channel binding. */
export class ScramExchange {
  readonly #password: string;
  readonly #clientFirstBare: string;
  readonly #nonce: string;
  #serverSignature: Buffer | undefined;

  constructor(password: string, nonce: string = randomBytes(18).toString('base64'), user = '') {
    this.#password = password.normalize('NFKC');
    this.#nonce = nonce;
    // Postgres takes the user from the start-up message and ignores this one.
    this.#clientFirstBare = `n=${user},r=${nonce}`;
  }

  /** The first message to the server. */
  get clientFirst(): string {
    return `n,,${this.#clientFirstBare}`;
  }

  /** Answers the server's challenge; `undefined` when the challenge is not one for us. */
  clientFinal(serverFirst: string): string | undefined {
    const { r: nonce = '', s: salt = '', i: iterations = '' } = attributes(serverFirst);
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce || !/^[1-9][0-9]*$/.test(iterations)) return undefined;
    const salted = pbkdf2Sync(this.#password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256');
    const clientKey = hmac(salted, 'Client Key');
    const withoutProof = `c=biws,r=${nonce}`;
    const exchange = `${this.#clientFirstBare},${serverFirst},${withoutProof}`;
    const signature = hmac(createHash('sha256').update(clientKey).digest(), exchange);
    const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)));
    this.#serverSignature = hmac(hmac(salted, 'Server Key'), exchange);
    return `${withoutProof},p=${proof.toString('base64')}`;
  }

  /** Tells whether the server's last message proves that it knows the password too. */
  verifies(serverFinal: string): boolean {
    const given = Buffer.from(attributes(serverFinal)['v'] ?? '', 'base64');
    const expected = this.#serverSignature;
    return expected !== undefined && given.length === expected.length && timingSafeEqual(given, expected);
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function attributes(text: string): Record<string, string> {
  return Object.fromEntries(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}
