import { randomBytes } from 'node:crypto';
import { type BoundPort, unlessAborted } from '../../../model/index.js';
import type { IsolationHost } from '../../isolator.js';
import type { Dump } from '../dump.js';
import type { LeasedServer } from '../leased-server.js';
import { SlotContainer, slotsPerContainer } from './container.js';

const startLimitMs = 60_000;

/** A server that nobody uses. */
interface FreeSlot {
  readonly container: SlotContainer;
  readonly slot: BoundPort;
}

/** The containers of a service that hold its leased servers: as many as are needed, one of them kept when all are idle. */
export class SlotPool {
  readonly #host: IsolationHost;
  readonly #words: readonly string[];
  readonly #seed: () => Promise<Dump | undefined>;
  readonly #life = new AbortController();
  #free: FreeSlot[] = [];
  #starting: Promise<void> | undefined;

  constructor(host: IsolationHost, words: readonly string[], seed: () => Promise<Dump | undefined>) {
    this.#host = host;
    this.#words = words;
    this.#seed = seed;
  }

  /** Gives a server of its own to a lease; starts another container when all are used. Errors: `LEASE_FAILED`, those of a start. */
  async take(signal: AbortSignal): Promise<LeasedServer> {
    for (;;) {
      signal.throwIfAborted();
      const free = this.#free.shift();
      if (free === undefined) {
        this.#starting ??= this.#start().finally(() => {
          this.#starting = undefined;
        });
        await unlessAborted(this.#starting, signal);
      } else if (!free.container.ended.aborted) {
        try {
          return await free.container.lend(free.slot, () => this.#giveBack(free), signal);
        } catch (error) {
          // Not the server's fault when nobody waits for it any more.
          if (signal.aborted) this.#free.push(free);
          if (signal.aborted || !free.container.ended.aborted) throw error;
        }
      }
    }
  }

  /** Starts no more. */
  close(): void {
    this.#life.abort(new Error('the environment was stopped'));
  }

  /** Many may wait for it, so none of them can give it up. */
  async #start(): Promise<void> {
    const id = randomBytes(5).toString('hex');
    const seed = await this.#seed();
    const signal = AbortSignal.any([this.#life.signal, AbortSignal.timeout(startLimitMs)]);
    const container = await SlotContainer.start(this.#host, id, this.#words, seed, signal);
    container.ended.addEventListener('abort', () => this.#remove(container), { once: true });
    this.#free.push(...container.slots.map((slot) => ({ container, slot })));
  }

  #giveBack(free: FreeSlot): void {
    if (free.container.ended.aborted) return;
    this.#free.push(free);
    const own = this.#free.filter(({ container }) => container === free.container);
    if (own.length < slotsPerContainer || this.#free.length < 2 * slotsPerContainer) return;
    this.#remove(free.container);
  }

  #remove(container: SlotContainer): void {
    this.#free = this.#free.filter((free) => free.container !== container);
    void container.remove().catch((error: unknown) => {
      this.#host.log('warn', 'Cannot remove a container that no lease needs any more.', { err: error });
    });
  }
}
