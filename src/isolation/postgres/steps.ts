import { PortsideError } from '../../model/index.js';
import { unknownSnapshot } from '../unknown-snapshot.js';

/** What is done to one slice: one thing at a time, in the order of the calls, and nothing after its removal. */
export class Steps {
  readonly #id: string;
  readonly #service: string;
  /** The snapshots, by the names that the suite gave them. */
  readonly #snapshots = new Map<string, string>();
  #made = 0;
  #last: Promise<unknown> = Promise.resolve();
  #removed: Promise<void> | undefined;

  constructor(id: string, service: string) {
    this.#id = id;
    this.#service = service;
  }

  /** `attempt`: how the work completes "Cannot ..." in its errors. Errors: `LEASE_UNKNOWN` after the removal. */
  run(verb: string, signal: AbortSignal, work: (attempt: string) => Promise<void>): Promise<void> {
    const attempt = `${verb} lease ${this.#id} of service '${this.#service}'`;
    const result = this.#last.then(async () => {
      signal.throwIfAborted();
      if (this.#removed !== undefined) {
        throw new PortsideError('LEASE_UNKNOWN', `Cannot ${attempt}: it was released.`, { service: this.#service });
      }
      await work(attempt);
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Keeps a state as `kept`; `older` is what the name stood for until now, and is not needed any more. */
  snapshot(
    name: string,
    signal: AbortSignal,
    keep: (attempt: string, kept: string, older: string | undefined) => Promise<void>,
  ): Promise<void> {
    return this.run(`make snapshot '${name}' of`, signal, async (attempt) => {
      this.#made += 1;
      const kept = `s${this.#made}`;
      await keep(attempt, kept, this.#snapshots.get(name));
      this.#snapshots.set(name, kept);
    });
  }

  /** Errors: `LEASE_FAILED` when there is no snapshot of that name. */
  restore(name: string, signal: AbortSignal, bring: (attempt: string, kept: string) => Promise<void>): Promise<void> {
    return this.run(`restore snapshot '${name}' of`, signal, async (attempt) => {
      const kept = this.#snapshots.get(name);
      if (kept === undefined) throw unknownSnapshot(this.#service, name, [...this.#snapshots.keys()]);
      await bring(attempt, kept);
    });
  }

  /** Waits for what is going on, and removes; once. */
  remove(work: () => Promise<void>): Promise<void> {
    this.#removed ??= this.#last.then(work);
    return this.#removed;
  }
}
