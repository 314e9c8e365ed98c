import { formatDuration, PortsideError } from '../model/index.js';

/** How many new allocations a service may ask for in how long; so many at once, then evenly spread. */
export interface RateLimit {
  readonly allocations: number;
  /** Milliseconds in which so many are allowed. */
  readonly perMs: number;
}

/** A service that really restarts this often has another problem than its port. */
export const defaultRateLimit: RateLimit = { allocations: 100, perMs: 1000 };

/** So many services are remembered before those that have been quiet are forgotten. */
const remembered = 1000;

interface Bucket {
  tokens: number;
  readAt: number;
}

/** Counts requests by service in token buckets. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

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
    this.#now = now;
  }

  /** Counts a request; gives 0 when it is allowed, else the milliseconds until the next one will be. */
  take(service: string): number {
    const bucket = this.#bucket(service);
    if (bucket.tokens < 1) return (1 - bucket.tokens) * (this.#limit.perMs / this.#limit.allocations);
    bucket.tokens--;
    return 0;
  }

  toString(): string {
    return `${this.#limit.allocations} new ports in ${formatDuration(this.#limit.perMs)}`;
  }

  #bucket(service: string): Bucket {
    const known = this.#buckets.get(service);
    if (known !== undefined) return this.#refilled(known);
    if (this.#buckets.size >= remembered) this.#forget();
    const bucket = { tokens: this.#limit.allocations, readAt: this.#now() };
    this.#buckets.set(service, bucket);
    return bucket;
  }

  #refilled(bucket: Bucket): Bucket {
    const { allocations, perMs } = this.#limit;
    const now = this.#now();
    bucket.tokens = Math.min(allocations, bucket.tokens + ((now - bucket.readAt) * allocations) / perMs);
    bucket.readAt = now;
    return bucket;
  }

  /** A bucket that is full again says no more than no bucket. */
  #forget(): void {
    for (const [service, bucket] of this.#buckets) {
      if (this.#refilled(bucket).tokens >= this.#limit.allocations) this.#buckets.delete(service);
    }
  }
}
