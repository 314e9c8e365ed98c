import { setImmediate } from 'node:timers/promises';
import { isBindable } from './bindable.js';
import type { PortReservations } from './reservations.js';

/** For so long, in milliseconds, a port that was found taken is tried only when no other one will do. */
const rememberMs = 100;

/** After so many looks the event loop gets a turn. */
const looksInTurn = 256;

/** What a search works with. */
export interface SearchOptions {
  readonly reservations: PortReservations;
  /** Clock in milliseconds that never goes back. */
  readonly now: () => number;
}

/** Finds ports that nobody has, and reserves them. Remembers for a moment which ones were taken. */
export class PortSearch {
  readonly #options: SearchOptions;
  readonly #takenUntil = new Map<number, number>();
  #looks = 0;

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  /**
   * Takes the first of the ports that can be had; `undefined` when none can. Those that were taken a moment ago are looked at
   * last. `check` is called before each look, and may throw.
   */
  async takeFirst(ports: Iterable<number>, service: string, check: () => void): Promise<number | undefined> {
    const now = this.#options.now();
    const takenLately: number[] = [];
    for (const port of ports) {
      if ((this.#takenUntil.get(port) ?? now) > now) takenLately.push(port);
      else if (await this.#look(port, service, check)) return port;
    }
    for (const port of takenLately) if (await this.#look(port, service, check)) return port;
    return undefined;
  }

  /** Takes this very port, if it can be had. Reserves it first, so that no socket is ever opened on a port of somebody else. */
  async take(port: number, service: string): Promise<boolean> {
    const { reservations, now } = this.#options;
    let free = false;
    if (reservations.reserve(port, service)) {
      try {
        free = await isBindable(port);
      } finally {
        if (!free) reservations.release(port);
      }
    }
    if (free) this.#takenUntil.delete(port);
    else this.#takenUntil.set(port, now() + rememberMs);
    return free;
  }

  /** Gives up a port that was taken. */
  release(port: number): void {
    this.#takenUntil.delete(port);
    this.#options.reservations.release(port);
  }

  async #look(port: number, service: string, check: () => void): Promise<boolean> {
    check();
    this.#looks++;
    if (this.#looks % looksInTurn === 0) await setImmediate();
    return this.take(port, service);
  }
}
