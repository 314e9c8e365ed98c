import type { Endpoint } from '../model/index.js';

/** So many names are asked for in one request at most. */
const maxNames = 100;

interface Waiting {
  readonly resolve: (endpoints: readonly Endpoint[]) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: AbortSignal | undefined;
}

/** Joins the look-ups that are asked for at the same moment into one request; of one name there is only one. */
export class BatchedLookup {
  readonly #ask: (names: readonly string[]) => Promise<readonly Endpoint[]>;
  /** Who waits until a signal aborts: there may be many to one signal, which is heard once. */
  readonly #abortable = new Map<AbortSignal, { readonly waiting: Set<Waiting>; readonly onAbort: () => void }>();
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
      const waiting: Waiting = { resolve, reject, signal };
      this.#listen(waiting);
      const others = this.#waiting.get(name);
      if (others !== undefined) others.push(waiting);
      else {
        this.#waiting.set(name, [waiting]);
        if (this.#waiting.size === 1) setImmediate(() => this.#flush());
      }
    });
  }

  #listen(waiting: Waiting): void {
    const { signal } = waiting;
    if (signal === undefined) return;
    const known = this.#abortable.get(signal);
    if (known !== undefined) {
      known.waiting.add(waiting);
      return;
    }
    const all = new Set([waiting]);
    const onAbort = (): void => {
      this.#abortable.delete(signal);
      for (const { reject } of all) reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#abortable.set(signal, { waiting: all, onAbort });
  }

  #unlisten(waiting: Waiting): void {
    const { signal } = waiting;
    const known = signal === undefined ? undefined : this.#abortable.get(signal);
    if (signal === undefined || known === undefined) return;
    known.waiting.delete(waiting);
    if (known.waiting.size > 0) return;
    signal.removeEventListener('abort', known.onAbort);
    this.#abortable.delete(signal);
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
      this.#settle(entries, (name, { resolve }) => resolve(found.get(name) ?? []));
    } catch (error) {
      this.#settle(entries, (_, { reject }) => reject(error));
    }
  }

  #settle(
    entries: readonly (readonly [string, readonly Waiting[]])[],
    settle: (name: string, waiting: Waiting) => void,
  ): void {
    for (const [name, all] of entries) {
      for (const waiting of all) {
        this.#unlisten(waiting);
        settle(name, waiting);
      }
    }
  }
}
