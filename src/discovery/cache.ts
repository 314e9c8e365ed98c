import type { Counter, Endpoint } from '../model/index.js';

/** How found endpoints are kept. */
export interface CacheOptions {
  /** Default true. */
  readonly enabled?: boolean;
  /** How long an entry is fresh, in milliseconds. Default 5 minutes. */
  readonly ttlMs?: number;
  /** Default 1000. */
  readonly maxEntries?: number;
  /** For how long an entry may stand in when nothing else can tell, in milliseconds. Default three times `ttlMs`. */
  readonly staleMs?: number;
}

/** What is kept of one service. */
export interface CacheEntry {
  readonly endpoints: readonly Endpoint[];
  /** The first of them, as discoveries are answered. */
  readonly first: Promise<Endpoint>;
  readonly hits: Counter;
  /** The strategy that found them. */
  readonly strategy: string;
  readonly storedAt: number;
  /** Until when it is given at once; later it is given and looked for anew. */
  readonly freshUntil: number;
  /** Until when it is given at all without having been looked for: the end of the endpoints' own time to live. */
  readonly validUntil: number;
  /** Whether something has said that it may be out of date. */
  suspect: boolean;
}

/** Keeps what was found, by service; of too many, the one that was asked for longest ago goes. */
export class EndpointCache {
  readonly #options: Required<CacheOptions>;
  readonly #now: () => number;
  readonly #entries = new Map<string, CacheEntry>();

  /** `now`: a clock in milliseconds that never goes back. */
  constructor(options: CacheOptions, now: () => number) {
    const { enabled = true, ttlMs = 300_000, maxEntries = 1000, staleMs = 3 * ttlMs } = options;
    this.#options = { enabled, ttlMs, maxEntries, staleMs };
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Gives the entry of a service, however old; `undefined` when there is none. */
  get(name: string): CacheEntry | undefined {
    return this.#entries.get(name);
  }

  /** Tells how far an entry can be trusted now. */
  trust(entry: CacheEntry): 'fresh' | 'stale' | 'suspect' {
    const now = this.#now();
    if (entry.suspect || now >= entry.validUntil) return 'suspect';
    return now < entry.freshUntil ? 'fresh' : 'stale';
  }

  /** Tells whether an entry may stand in when nobody can tell where the service is. */
  standsIn({ storedAt }: CacheEntry): boolean {
    return this.#now() - storedAt < this.#options.staleMs;
  }

  set(name: string, endpoints: readonly [Endpoint, ...Endpoint[]], strategy: string, hits: Counter): void {
    const { enabled, ttlMs, maxEntries, staleMs } = this.#options;
    this.#entries.delete(name);
    if (!enabled) return;
    const now = this.#now();
    const ownTtl = Math.min(...endpoints.map((endpoint) => endpoint.ttlMs ?? staleMs));
    this.#entries.set(name, {
      endpoints,
      first: Promise.resolve(endpoints[0]),
      hits,
      strategy,
      storedAt: now,
      freshUntil: now + Math.min(ttlMs, ownTtl),
      validUntil: now + Math.min(staleMs, ownTtl),
      suspect: false,
    });
    if (this.#entries.size > maxEntries) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }

  /** Marks what a strategy found as perhaps out of date: of one service, or of all. */
  doubt(name: string | undefined, strategy?: string): void {
    if (name !== undefined) {
      const entry = this.#entries.get(name);
      if (entry !== undefined) entry.suspect = true;
      return;
    }
    for (const entry of this.#entries.values()) if (entry.strategy === strategy) entry.suspect = true;
  }
}
