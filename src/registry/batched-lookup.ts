import type { Endpoint } from '../model/index.js';

/** So many names are asked for in one request at most. */
const maxNames = 100;

interface Waiting {
  resolve(endpoints: readonly Endpoint[]): void;
  reject(error: unknown): void;
}

/** Joins the look-ups that are asked for at the same moment into one request; of one name there is only one. */
export class BatchedLookup {
  readonly #ask: (names: readonly string[]) => Promise<readonly Endpoint[]>;
  #waiting = new Map<string, Waiting[]>();

  /** `ask` gives the instances of several names; the ones that are not known may be left out. */
  constructor(ask: (names: readonly string[]) => Promise<readonly Endpoint[]>) {
    this.#ask = ask;
  }

  /** Gives every instance of the name, with the next request; rejects with the signal's reason. */
  lookup(name: string, signal?: AbortSignal): Promise<readonly Endpoint[]> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => reject(signal?.reason);
      signal?.addEventListener('abort', onAbort);
      const done = (): void => signal?.removeEventListener('abort', onAbort);
      const waiting: Waiting = {
        resolve: (endpoints) => {
          done();
          resolve(endpoints);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      const others = this.#waiting.get(name);
      if (others !== undefined) others.push(waiting);
      else {
        this.#waiting.set(name, [waiting]);
        if (this.#waiting.size === 1) setImmediate(() => this.#flush());
      }
    });
  }

  #flush(): void {
    const entries = [...this.#waiting];
    this.#waiting = new Map();
    for (let from = 0; from < entries.length; from += maxNames) void this.#send(entries.slice(from, from + maxNames));
  }

  async #send(entries: readonly (readonly [string, readonly Waiting[]])[]): Promise<void> {
    try {
      const found = new Map<string, Endpoint[]>();
      for (const endpoint of await this.#ask(entries.map(([name]) => name))) {
        const same = found.get(endpoint.name);
        if (same === undefined) found.set(endpoint.name, [endpoint]);
        else same.push(endpoint);
      }
      for (const [name, waiting] of entries) for (const one of waiting) one.resolve(found.get(name) ?? []);
    } catch (error) {
      for (const [, waiting] of entries) for (const one of waiting) one.reject(error);
    }
  }
}
