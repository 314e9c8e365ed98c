/** What a replay guard is made with. */
export interface ReplayGuardOptions {
  /** For how long past its timestamp a nonce is remembered, in milliseconds. */
  readonly windowMs: number;
  /** How many nonces are remembered at most. */
  readonly limit: number;
}

/**
 * Remembers the nonces of announcements so that none is accepted twice. When there are more than the limit, the oldest is
 * forgotten, and with it everything as old as it is refused: memory stays bounded and no replay gets through.
 */
export class ReplayGuard {
  readonly #windowMs: number;
  readonly #limit: number;
  /** Timestamp by nonce, in the order of arrival. */
  readonly #seen = new Map<string, number>();
  /** Announcements up to this timestamp are refused, because their nonces may have been forgotten. */
  #floor = Number.NEGATIVE_INFINITY;

  constructor({ windowMs, limit }: ReplayGuardOptions) {
    this.#windowMs = windowMs;
    this.#limit = limit;
  }

  /** How many nonces are remembered. */
  get size(): number {
    return this.#seen.size;
  }

  /** Tells whether this announcement comes for the first time, and remembers it. */
  admit(nonce: string, timestamp: number, now: number): boolean {
    this.#forgetOld(now);
    if (timestamp <= this.#floor || this.#seen.has(nonce)) return false;
    this.#seen.set(nonce, timestamp);
    if (this.#seen.size > this.#limit) {
      const [oldest] = this.#seen;
      if (oldest !== undefined) this.#forget(oldest);
    }
    return true;
  }

  #forgetOld(now: number): void {
    for (const [nonce, timestamp] of this.#seen) {
      if (now - timestamp <= this.#windowMs) break;
      this.#seen.delete(nonce);
    }
    // A clock that was set back must not shut everything out until it has caught up.
    if (this.#floor > now + this.#windowMs) this.#floor = Number.NEGATIVE_INFINITY;
  }

  #forget([nonce, timestamp]: readonly [string, number]): void {
    this.#seen.delete(nonce);
    this.#floor = Math.max(this.#floor, timestamp);
  }
}
