import { formatDuration, PortsideError, TokenBuckets } from '../model/index.js';

/** How many new allocations a service may ask for in how long; so many at once, then evenly spread. */
export interface RateLimit {
  readonly allocations: number;
  /** Milliseconds in which so many are allowed. */
  readonly perMs: number;
}

/** A service that really restarts this often has another problem than its port. */
export const defaultRateLimit: RateLimit = { allocations: 100, perMs: 1000 };

/** Counts requests by service in token buckets. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #buckets: TokenBuckets;

  /** `now`: a clock in milliseconds that never goes back. Throws `USAGE` when the limit is none. */
  constructor(limit: RateLimit, now: () => number) {
    if (!(limit.allocations >= 1 && limit.perMs > 0 && Number.isFinite(limit.perMs))) {
      throw new PortsideError(
        'USAGE',
        'Cannot limit the rate of allocations: it needs at least 1 allocation and more than 0 milliseconds. ' +
          `Current value is ${limit.allocations} in ${limit.perMs} ms.`,
        { hint: 'Give { allocations: 100, perMs: 1000 }, or false for no limit.' },
      );
    }
    this.#limit = limit;
    this.#buckets = new TokenBuckets({ size: limit.allocations, perMs: limit.perMs, now });
  }

  /** Counts a request; gives 0 when it is allowed, else the milliseconds until the next one will be. */
  take(service: string): number {
    return this.#buckets.take(service);
  }

  toString(): string {
    return `${this.#limit.allocations} new ports in ${formatDuration(this.#limit.perMs)}`;
  }
}
