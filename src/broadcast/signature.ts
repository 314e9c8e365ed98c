import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { PortsideError } from '../model/index.js';

/** What announcements are signed with; `false` switches signing off. */
export type BroadcastSecret = string | Uint8Array | false;

const minSecretBytes = 16;

/** Makes the key for a secret; `undefined` when signing is switched off. */
export function signingKey(secret: BroadcastSecret): KeyObject | undefined {
  if (secret === false) return undefined;
  // Callers without types may leave the secret out; that must never mean unsigned.
  const bytes = Buffer.from((secret as BroadcastSecret | undefined) || '');
  if (bytes.length < minSecretBytes) {
    throw new PortsideError(
      'BROADCAST_INVALID',
      `Cannot sign announcements: the secret needs at least ${minSecretBytes} bytes. Current value has ${bytes.length}.`,
      { hint: 'Use 32 random bytes, the same for all who take part; secret: false switches signing off.' },
    );
  }
  return createSecretKey(bytes);
}

/** Gives the HMAC-SHA256 of the text as 64 hexadecimal digits. */
export function sign(text: string, key: KeyObject): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** Tells whether the signature is the text's, in a time that does not depend on where they differ. */
export function isSignatureOf(text: string, signature: string, key: KeyObject): boolean {
  if (!/^[0-9a-f]{64}$/.test(signature)) return false;
  return timingSafeEqual(createHmac('sha256', key).update(text).digest(), Buffer.from(signature, 'hex'));
}
