import type { KeyObject } from 'node:crypto';
import { decodeAnnouncement } from './codec.js';
import { ReplayGuard } from './replay-guard.js';
import type { Reading } from './schema.js';

/** What a gate is made with. */
export interface GateOptions {
  readonly key: KeyObject | undefined;
  readonly now: () => number;
  readonly isAllowedSource: (address: string) => boolean;
  /** By how much a timestamp may differ from the clock, in milliseconds. */
  readonly windowMs: number;
  readonly maxTtlSeconds: number;
  readonly maxNonces: number;
}

/** Decides of each datagram whether it is an announcement to be believed. */
export class AnnouncementGate {
  readonly #options: GateOptions;
  readonly #replays: ReplayGuard;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#replays = new ReplayGuard({ windowMs: options.windowMs, limit: options.maxNonces });
  }

  /** How many nonces are remembered. */
  get remembered(): number {
    return this.#replays.size;
  }

  /** Reads a datagram that came from an address. Never throws. */
  admit(datagram: Uint8Array, source: string): Reading {
    const { key, now, isAllowedSource, windowMs, maxTtlSeconds } = this.#options;
    if (!isAllowedSource(source)) return { rejected: 'source', detail: source };
    const reading = decodeAnnouncement(datagram, key);
    if ('rejected' in reading) return reading;
    const { timestamp, ttlSeconds, nonce } = reading.announcement;
    const time = now();
    const age = time - timestamp;
    if (ttlSeconds > maxTtlSeconds) return { rejected: 'ttl', detail: `${ttlSeconds} s` };
    if (age > windowMs) return { rejected: 'stale', detail: `${age} ms old` };
    if (-age > windowMs) return { rejected: 'early', detail: `${-age} ms ahead` };
    if (age >= ttlSeconds * 1000) return { rejected: 'expired', detail: `${age} ms old` };
    // Whoever may send unsigned announcements can make new ones, so nonces would prove nothing.
    if (key !== undefined && nonce !== undefined && !this.#replays.admit(nonce, timestamp, time)) {
      return { rejected: 'replayed' };
    }
    return reading;
  }
}
