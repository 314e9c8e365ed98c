import type { PlannedService } from '../../model/index.js';
import type { ExitInfo, RunningService, RuntimeEvent } from '../runtime.js';
import type { PortBindings } from './ports.js';

/** What is known about one container that the runtime has made. */
export interface ContainerRecord {
  readonly id: string;
  readonly name: string;
  readonly service: PlannedService;
  readonly replica: number;
  /** Version of the program, where its image says it. */
  readonly version?: string;
  /** Set once `start` has ended well; renewed when the container is started again. */
  running?: RunningService;
  /** Set while the program does not run. */
  exit?: ExitInfo;
  /** When the engine started the program last. */
  startedAt?: string;
  /** When the program ended last, in the engine's seconds. */
  endedAt?: number;
  /** What the engine's own health check said last. */
  healthy?: boolean;
  /** The host ports that the container publishes, for services that share its network. */
  published?: Partial<PortBindings>;
  /** Portside itself is removing it: what happens to it now is no news. */
  removing: boolean;
  /** The removal under way. */
  removal?: Promise<void>;
}

/** The containers of one runtime, and who wants to know about them. */
export class ContainerRecords {
  readonly #records = new Map<string, ContainerRecord>();
  readonly #listeners = new Set<(event: RuntimeEvent) => void>();
  readonly #waiters = new Set<() => void>();
  #failure: Error | undefined;

  add(record: ContainerRecord): ContainerRecord {
    this.#records.set(record.id, record);
    return record;
  }

  get(id: string): ContainerRecord | undefined {
    return this.#records.get(id);
  }

  /** All records, newest first. */
  all(): readonly ContainerRecord[] {
    return [...this.#records.values()].reverse();
  }

  delete(record: ContainerRecord): void {
    this.#records.delete(record.id);
    this.changed();
  }

  subscribe(listener: (event: RuntimeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: RuntimeEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Wakes whoever waits for a record to change. */
  changed(): void {
    for (const wake of [...this.#waiters]) wake();
  }

  /** Ends all waiting, now and later, with an error: nothing can be known any more. */
  fail(error: Error): void {
    this.#failure = error;
    this.changed();
  }

  /** Resolves with the first value that `probe` gives, which is asked now and after every change; rejects when the signal aborts or all is lost. */
  waitFor<T>(probe: () => T | undefined, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const value = probe();
        if (value === undefined && this.#failure === undefined) return;
        end();
        if (value !== undefined) resolve(value);
        else reject(this.#failure);
      };
      const abort = () => {
        end();
        reject(signal.reason);
      };
      const end = () => {
        this.#waiters.delete(check);
        signal.removeEventListener('abort', abort);
      };
      if (signal.aborted) return reject(signal.reason);
      this.#waiters.add(check);
      signal.addEventListener('abort', abort, { once: true });
      check();
    });
  }
}
