import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog, Isolation, LeaseSettings } from '../../model/index.js';
import { type Bench, type Bundle, type Making, makeBundle, removeBundle, type Shape, shapeKey } from './bundle.js';
import { calmMs, Pool } from './pool.js';

/** What a stock is made with. */
export interface StockOptions {
  readonly settings: LeaseSettings;
  readonly bench: (service: string, isolation: Isolation) => Bench;
  readonly now: () => number;
  readonly log: EventLog;
}

/** A bundle that is being made ahead, and who will have it. */
interface Coming {
  readonly key: string;
  claim: ((bundle: Bundle | undefined) => void) | undefined;
}

/** How long the making and removing of bundles leaves the agent to its answers first, in milliseconds. */
const answerMs = 5;

/** How many removals may be under way before a release waits for them. */
const backlogLimit = 32;

/** Makes bundles on demand and, when nobody waits, ahead of it; removes them in the background. */
export class Stock {
  readonly #options: StockOptions;
  readonly #making: Making;
  readonly #pools = new Map<string, Pool>();
  #closed = false;
  #filling = new AbortController();
  readonly #removals = new Set<Promise<void>>();
  #demands = 0;
  #refilling: Promise<void> | undefined;
  #coming: Coming | undefined;
  readonly #shrinking: NodeJS.Timeout;

  constructor(options: StockOptions) {
    this.#options = options;
    const onError = (error: unknown) => {
      if (!this.#closed) options.log('warn', 'Cannot remove what a lease had', { err: error });
    };
    this.#making = { bench: options.bench, onError };
    this.#shrinking = setInterval(() => this.#shrink(), calmMs / 2).unref();
  }

  /** How many bundles are ready, over all shapes. */
  get ready(): number {
    return [...this.#pools.values()].reduce((sum, pool) => sum + pool.size, 0);
  }

  /** Gives a ready bundle of the shape at once, or `undefined`; from then on some are kept ready. */
  take(shape: Shape): Bundle | undefined {
    const pool = this.#pool(shape);
    void this.discard(pool.withdraw(isSpoilt));
    const bundle = pool.take(this.#options.now());
    // Whoever got none has one made first; the end of that fills the pool.
    if (bundle !== undefined) this.#refill();
    return bundle;
  }

  /**
   * Waits for the bundle of this shape that is just being made ahead, if there is one that nobody else waits for. Gives
   * `undefined` at once if there is none, later if it fails.
   */
  async arriving(shape: Shape, signal: AbortSignal): Promise<Bundle | undefined> {
    const coming = this.#coming;
    if (coming?.key !== shapeKey(shape) || coming.claim !== undefined) return undefined;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        coming.claim = undefined;
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      coming.claim = (bundle) => {
        signal.removeEventListener('abort', leave);
        resolve(bundle);
      };
    });
  }

  /** Makes what the shape has and the bundle has not, ahead of all refilling. */
  async make(shape: Shape, present: Bundle, signal: AbortSignal): Promise<Bundle> {
    this.#demands++;
    try {
      this.#makeRoom(shape, present);
      return await makeBundle(shape, present, this.#making, signal);
    } finally {
      this.#demands--;
      this.#refill();
    }
  }

  /** Removes the bundles in the background. Resolves at once, unless very many removals are under way. */
  async discard(bundles: readonly Bundle[]): Promise<void> {
    for (const bundle of bundles) {
      const removal = sleep(answerMs)
        .then(() => removeBundle(bundle, this.#making.onError))
        .finally(() => this.#removals.delete(removal));
      this.#removals.add(removal);
    }
    while (this.#removals.size > backlogLimit) await Promise.race(this.#removals);
  }

  /** Forgets the ready bundles that have a slice of the service: it was started anew. */
  forget(service: string): void {
    for (const pool of this.#pools.values()) void this.discard(pool.withdraw((bundle) => bundle.has(service)));
  }

  /** Ends all making and removing; the slices go with their environment, at the same time. */
  async close(): Promise<void> {
    clearInterval(this.#shrinking);
    this.#closed = true;
    this.#filling.abort(new Error('The environment is stopping.'));
    await Promise.allSettled([this.#refilling, ...this.#removals]);
  }

  #pool(shape: Shape): Pool {
    const key = shapeKey(shape);
    const pool = this.#pools.get(key) ?? new Pool(shape, this.#options.settings, this.#options.now());
    this.#pools.set(key, pool);
    return pool;
  }

  /** Gives ready bundles up whose places are needed now, where an isolator's slices are limited. */
  #makeRoom(shape: Shape, present: Bundle): void {
    for (const [service, isolation] of shape) {
      if (present.has(service)) continue;
      const { existing } = this.#options.bench(service, isolation);
      if (existing === undefined || existing.isFree) continue;
      for (const pool of this.#pools.values()) {
        void this.discard(pool.withdraw((bundle) => bundle.get(service)?.isolation === isolation));
      }
    }
  }

  #refill(): void {
    // A little later: whoever has just been served is to hear of it first.
    this.#refilling ??= sleep(answerMs)
      .then(() => this.#fill())
      .finally(() => {
        this.#refilling = undefined;
      });
  }

  /** Makes what is missing, one bundle after the other, with pauses that leave the machine to the suites. */
  async #fill(): Promise<void> {
    while (!this.#closed) {
      // Whoever waits for a bundle comes first; the end of that starts the filling again.
      if (this.#demands > 0) return;
      const pool = this.#neediest();
      if (pool === undefined) return;
      const began = this.#options.now();
      this.#filling = new AbortController();
      const coming: Coming = { key: shapeKey(pool.shape), claim: undefined };
      this.#coming = coming;
      try {
        const bundle = await makeBundle(pool.shape, new Map(), this.#making, this.#filling.signal);
        if (coming.claim !== undefined) coming.claim(bundle);
        else if (this.#isAwaited(pool.shape)) void this.discard([bundle]);
        else pool.add(bundle);
      } catch (error) {
        coming.claim?.(undefined);
        if (!this.#closed) this.#options.log('warn', 'Cannot prepare a lease ahead', { err: error });
        return;
      } finally {
        this.#coming = undefined;
      }
      if (pool.size > 1) await sleep(Math.min(this.#options.now() - began, 1000), undefined, { ref: false });
    }
  }

  /** Whether somebody waits for a place that a bundle of the shape takes: who came while it was being made. */
  #isAwaited(shape: Shape): boolean {
    return [...shape].some(
      ([service, isolation]) => (this.#options.bench(service, isolation).existing?.waiting ?? 0) > 0,
    );
  }

  #neediest(): Pool | undefined {
    // Shapes come and go: those of yesterday must not keep the ones of today from being made, nor fill the machine.
    if (this.ready >= 2 * this.#options.settings.poolMax) return undefined;
    const needy = [...this.#pools.values()].filter((pool) => pool.missing > 0 && this.#hasRoom(pool.shape));
    return needy.sort((a, b) => a.size - b.size)[0];
  }

  #hasRoom(shape: Shape): boolean {
    return [...shape].every(
      ([service, isolation]) => this.#options.bench(service, isolation).existing?.isFree !== false,
    );
  }

  #shrink(): void {
    for (const pool of this.#pools.values()) void this.discard(pool.shrink(this.#options.now()));
  }
}

function isSpoilt(bundle: Bundle): boolean {
  return [...bundle.values()].some((slice) => slice.ended?.aborted === true);
}
