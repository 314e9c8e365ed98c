import { addressOf, type Endpoint } from '../model/index.js';

/** How long an instance that did not answer is avoided, in milliseconds. */
const avoidedMs = 10_000;

/** Remembers instances that did not answer; the same one at another address is another one. */
export class FailingEndpoints {
  readonly #now: () => number;
  readonly #until = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  add(endpoint: Endpoint): void {
    for (const [key, until] of this.#until) if (until <= this.#now()) this.#until.delete(key);
    this.#until.set(keyOf(endpoint), this.#now() + avoidedMs);
  }

  has(endpoint: Endpoint): boolean {
    return this.#until.size > 0 && (this.#until.get(keyOf(endpoint)) ?? 0) > this.#now();
  }
}

function keyOf(endpoint: Endpoint): string {
  return `${endpoint.id} ${addressOf(endpoint)}`;
}
