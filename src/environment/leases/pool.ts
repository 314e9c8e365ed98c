import type { Bundle, Shape } from './bundle.js';

/** How many bundles a pool keeps ready. */
export interface PoolBounds {
  readonly poolMin: number;
  readonly poolMax: number;
}

/** How long nobody must have asked for a bundle before fewer are kept, in milliseconds. */
export const calmMs = 10_000;

/** Bundles of one shape that are ready to be handed out; how many it wants follows the demand. */
export class Pool {
  readonly shape: Shape;
  readonly #bounds: PoolBounds;
  readonly #ready: Bundle[] = [];
  #wanted: number;
  #lastAsked: number;

  constructor(shape: Shape, bounds: PoolBounds, now: number) {
    this.shape = shape;
    this.#bounds = bounds;
    this.#wanted = bounds.poolMin;
    this.#lastAsked = now;
  }

  get size(): number {
    return this.#ready.length;
  }

  /** How many more it wants. */
  get missing(): number {
    return Math.max(0, this.#wanted - this.#ready.length);
  }

  /** Hands one out that can still be used, or `undefined`; whoever asks in vain makes the pool grow. */
  take(now: number): Bundle | undefined {
    this.#lastAsked = now;
    const bundle = this.#ready.shift();
    if (bundle === undefined) this.#wanted = Math.min(this.#bounds.poolMax, Math.max(1, this.#wanted * 2));
    return bundle;
  }

  add(bundle: Bundle): void {
    this.#ready.push(bundle);
  }

  /** Gives the ready bundles for which the test holds, which are then no longer in the pool. */
  withdraw(test: (bundle: Bundle) => boolean): Bundle[] {
    const withdrawn = this.#ready.filter(test);
    const kept = this.#ready.filter((bundle) => !withdrawn.includes(bundle));
    this.#ready.splice(0, this.#ready.length, ...kept);
    return withdrawn;
  }

  /** Wants half as many after a calm while, and gives what is too much then. */
  shrink(now: number): Bundle[] {
    if (now - this.#lastAsked < calmMs || this.#wanted <= this.#bounds.poolMin) return [];
    this.#lastAsked = now;
    this.#wanted = Math.max(this.#bounds.poolMin, Math.floor(this.#wanted / 2));
    return this.#ready.splice(this.#wanted);
  }
}
