/** So many keys are remembered before those that have been quiet are forgotten. */
const remembered = 1000;

interface Bucket {
  tokens: number;
  readAt: number;
}

/** Counts requests by key in token buckets: so many at once, then evenly spread. */
export class TokenBuckets {
  readonly #size: number;
  readonly #perMs: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** `size` requests are allowed in `perMs` milliseconds; `now`: a clock in milliseconds that never goes back. */
  constructor({ size, perMs, now }: { readonly size: number; readonly perMs: number; readonly now: () => number }) {
    this.#size = size;
    this.#perMs = perMs;
    this.#now = now;
  }

  /** Counts a request; gives 0 when it is allowed, else the milliseconds until the next one will be. */
  take(key: string): number {
    const bucket = this.#bucket(key);
    if (bucket.tokens < 1) return (1 - bucket.tokens) * (this.#perMs / this.#size);
    bucket.tokens--;
    return 0;
  }

  /** The keys stand in the order in which they were last used. */
  #bucket(key: string): Bucket {
    const known = this.#buckets.get(key);
    if (known === undefined) this.#forget();
    else this.#buckets.delete(key);
    const bucket = known === undefined ? { tokens: this.#size, readAt: this.#now() } : this.#refilled(known);
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #refilled(bucket: Bucket): Bucket {
    const now = this.#now();
    bucket.tokens = Math.min(this.#size, bucket.tokens + ((now - bucket.readAt) * this.#size) / this.#perMs);
    bucket.readAt = now;
    return bucket;
  }

  /** A bucket that is full again says no more than no bucket; those that are not were used in the last few moments. */
  #forget(): void {
    for (const [key, bucket] of this.#buckets) {
      if (this.#buckets.size < remembered || this.#refilled(bucket).tokens < this.#size) return;
      this.#buckets.delete(key);
    }
  }
}
