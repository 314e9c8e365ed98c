import { createHash } from 'node:crypto';
import type { AnnouncedService, Announcement } from '../../src/broadcast/announcement.js';
import { canonicalJson } from '../../src/broadcast/canonical.js';
import { encodeAnnouncement } from '../../src/broadcast/codec.js';
import { sign, signingKey } from '../../src/broadcast/signature.js';

/** The secret of the tests, and another one. */
export const secret = 'the secret that the tests of the broadcast share';
export const key = keyOf(secret);
const otherKey = keyOf('a secret that somebody else made up');

/** A service as it is announced. */
export function announced(extra: Partial<AnnouncedService> = {}): AnnouncedService {
  return { id: 'cache-1', name: 'cache', host: '127.0.0.1', port: 6379, protocol: 'redis', ...extra };
}

/** A valid announcement made at this time; its nonce follows from the number. */
export function announcement(timestamp: number, number = 0, extra: Partial<Announcement> = {}): Announcement {
  const nonce = seededBytes(`nonce ${number}`, 16).toString('hex');
  return { action: 'register', service: announced(), timestamp, ttlSeconds: 60, nonce, ...extra };
}

/** The message of an announcement as plain JSON, for changes that the encoder would refuse. */
export function messageOf(timestamp: number): Record<string, unknown> {
  const { signature: _, ...message } = JSON.parse(encodeAnnouncement(announcement(timestamp), key).toString());
  return message;
}

/** Signs any message rightly. */
export function signed(message: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(JSON.stringify({ ...message, signature: sign(canonicalJson(message), key) }));
}

/** So many bytes that look random and are the same for the same seed. */
function seededBytes(seed: string, outputLength: number): Buffer {
  return createHash('shake256', { outputLength }).update(seed).digest();
}

/** Makers of datagrams that must not be believed, by the reasons that may be given; each varies with the number. */
export const hostile: Readonly<
  Record<string, { readonly reasons: readonly string[]; make(now: number, number: number): Buffer }>
> = {
  forged: {
    reasons: ['forged'],
    make: (now, number) => encodeAnnouncement(announcement(now, number), otherKey),
  },
  altered: {
    reasons: ['forged', 'malformed', 'unsigned'],
    make: (now, number) => {
      const datagram = encodeAnnouncement(announcement(now, number), key);
      const at = seededBytes(`altered ${number}`, 2).readUInt16LE() % datagram.length;
      datagram[at] = (datagram[at] ?? 0) ^ (1 << (number % 8));
      return datagram;
    },
  },
  unsigned: {
    reasons: ['unsigned'],
    make: (now, number) => encodeAnnouncement(announcement(now, number), undefined),
  },
  stale: {
    reasons: ['stale'],
    make: (now, number) => encodeAnnouncement(announcement(now - 30_001 - number, number), key),
  },
  early: {
    reasons: ['early'],
    make: (now, number) => encodeAnnouncement(announcement(now + 30_001 + number, number), key),
  },
  expired: {
    reasons: ['expired'],
    make: (now, number) => encodeAnnouncement(announcement(now - 2000 - number, number, { ttlSeconds: 2 }), key),
  },
  oversized: {
    reasons: ['oversized'],
    make: (now, number) =>
      Buffer.concat([encodeAnnouncement(announcement(now, number), key), Buffer.alloc(4096 + number, ' ')]),
  },
  truncated: {
    reasons: ['malformed'],
    make: (now, number) => {
      const datagram = encodeAnnouncement(announcement(now, number), key);
      return datagram.subarray(0, number % datagram.length);
    },
  },
  'random bytes': {
    reasons: ['malformed'],
    make: (_, number) => seededBytes(`random ${number}`, number % 1400),
  },
};

function keyOf(text: string) {
  const made = signingKey(text);
  if (made === undefined) throw new Error('the secret makes a key');
  return made;
}
