import { type Shape, shapeKey } from './bundle.js';

/** How many of the last forks that began alike are remembered. */
const memory = 16;

/**
 * Remembers what forks that began with the same request had leased in the end, because test runners ask for one service at a
 * time: the next one is then given a bundle that has the rest already.
 */
export class Habits {
  readonly #ends = new Map<string, Shape[]>();

  /** Records with what a fork that began so has ended. */
  learn(began: Shape, ended: Shape): void {
    const key = shapeKey(began);
    const ends = this.#ends.get(key) ?? [];
    ends.push(ended);
    if (ends.length > memory) ends.shift();
    this.#ends.set(key, ends);
  }

  /** Gives what most of the forks that began so have ended with; without any, the beginning itself. */
  expect(began: Shape): Shape {
    const counts = new Map<string, { count: number; shape: Shape }>();
    let best: { count: number; shape: Shape } = { count: 0, shape: began };
    for (const shape of this.#ends.get(shapeKey(began)) ?? []) {
      const seen = counts.get(shapeKey(shape)) ?? { count: 0, shape };
      seen.count++;
      counts.set(shapeKey(shape), seen);
      if (seen.count >= best.count) best = seen;
    }
    return best.shape;
  }
}
