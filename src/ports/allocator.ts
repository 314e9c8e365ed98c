import { isBindable } from './bindable.js';
import { candidates, type Selection } from './candidates.js';
import { closed, impossiblePreference, switchedOff, tooOften, unknownPool, usedUp } from './errors.js';
import { defaultPoolPorts, defaultPortRanges, defaultReservedPorts, poolOfName } from './pools.js';
import { checkPort, checkRange, ephemeralRange, isPort, type PortRange, rangeForPrograms } from './range.js';
import { defaultRateLimit, type RateLimit, RateLimiter } from './rate-limit.js';
import { PortReservations } from './reservations.js';

/** What a `PortAllocator` is made with. */
export interface PortAllocatorOptions {
  /** Folder that all processes of the user share; reservations lie in `ports` in it. */
  readonly stateFolder: string;
  /** False: nothing is handed out. Default true. */
  readonly enabled?: boolean;
  /** Ranges of the named pools. Default: database 5433-5442, cache 6380-6389, api 8081-8099 and others. */
  readonly portRanges?: Readonly<Record<string, PortRange>>;
  /** The port of each pool that is tried before its range. Default: 5432 for database and so on; none with `portRanges`. */
  readonly defaultPorts?: Readonly<Record<string, number>>;
  /** For services whose name speaks for no pool. Default: 10000 up to the system's ephemeral range. */
  readonly defaultRange?: PortRange;
  /** Never handed out, not even as a preference. Default 22, 80, 443. */
  readonly reservedPorts?: readonly number[];
  /** Whether a port of the system's ephemeral range will do when the range is used up. Default false. */
  readonly allowEphemeral?: boolean;
  /** How often one service may ask for a new port; false: as often as it likes. Default 100 in a second. */
  readonly rateLimit?: RateLimit | false;
  /** Source of random numbers from 0 to below 1. */
  readonly random?: () => number;
  /** Clock of the rate limit, in milliseconds; never goes back. */
  readonly now?: () => number;
}

/** How one port is chosen. */
export interface AllocateOptions {
  /** Tried before all others, also instead of the default port of the pool. */
  readonly preferred?: number;
  /** Name of the pool; default: derived from the service's name. */
  readonly pool?: string;
  readonly signal?: AbortSignal;
}

/**
 * Hands out TCP ports that are free and that no other process of the user was given. Having a port does not mean holding
 * its socket: whoever binds it must be ready to ask for another one when a stranger was faster.
 */
export class PortAllocator {
  readonly #reservations: PortReservations;
  readonly #ranges: Readonly<Record<string, PortRange>>;
  readonly #defaultRange: PortRange;
  readonly #defaultPorts: Readonly<Record<string, number>>;
  readonly #neverGiven: ReadonlySet<number>;
  readonly #ephemeral: PortRange | undefined;
  readonly #enabled: boolean;
  readonly #limiter: RateLimiter | undefined;
  readonly #random: () => number;
  readonly #ports = new Map<string, number>();
  readonly #pending = new Map<string, Promise<number>>();
  #closed = false;

  /** Throws `USAGE` when a range, a port or the rate limit is none. */
  constructor(options: PortAllocatorOptions) {
    const { rateLimit = defaultRateLimit, now = () => performance.now() } = options;
    this.#ranges = options.portRanges ?? defaultPortRanges;
    for (const [name, range] of Object.entries(this.#ranges)) checkRange(range, `pool ${name}`);
    this.#defaultPorts = options.defaultPorts ?? (options.portRanges === undefined ? defaultPoolPorts : {});
    for (const [name, port] of Object.entries(this.#defaultPorts)) checkPort(port, `the default port of pool ${name}`);
    this.#defaultRange = checkRange(options.defaultRange ?? rangeForPrograms(), 'the default range');
    this.#neverGiven = new Set(options.reservedPorts ?? defaultReservedPorts);
    for (const port of this.#neverGiven) checkPort(port, 'a reserved port');
    this.#ephemeral = options.allowEphemeral === true ? ephemeralRange() : undefined;
    this.#enabled = options.enabled ?? true;
    this.#limiter = rateLimit === false ? undefined : new RateLimiter(rateLimit, now);
    this.#random = options.random ?? Math.random;
    this.#reservations = new PortReservations(options.stateFolder);
  }

  /**
   * Gives the service a port: the one it has already; else the preferred one, or the default of its pool; else one from
   * the range of its pool, ascending, or in random order from a large range; else, where that is allowed, an ephemeral
   * one. `wanted`: the preferred port, or options. Throws `PORT_UNAVAILABLE` when there is none, `PORT_RATE_LIMITED`
   * when the service asks too often, `USAGE` for an unknown pool or an impossible preference.
   */
  async allocatePort(service: string, wanted: number | AllocateOptions = {}): Promise<number> {
    const { preferred, pool, signal } = typeof wanted === 'number' ? { preferred: wanted } : wanted;
    if (preferred !== undefined && !isPort(preferred)) throw impossiblePreference(service, preferred);
    const name = pool ?? poolOfName(service) ?? '';
    const range = this.#ranges[name];
    if (range === undefined && pool !== undefined) throw unknownPool(pool, Object.keys(this.#ranges));
    const first = preferred ?? this.#defaultPorts[name];
    const selection: Selection = {
      first: first === undefined ? [] : [first],
      range: range ?? this.#defaultRange,
      ephemeral: this.#ephemeral,
    };
    return this.#once(service, () => this.#choose(service, selection, signal));
  }

  /**
   * Gives the service a port from `start` to `end`, both included; the one it has already, if it has one. Throws
   * `PORT_UNAVAILABLE` when there is none, `PORT_RATE_LIMITED` when the service asks too often, `USAGE` for no range.
   */
  async allocatePortInRange(service: string, start: number, end: number, signal?: AbortSignal): Promise<number> {
    const range = checkRange({ start, end });
    return this.#once(service, () => this.#choose(service, { first: [], range }, signal));
  }

  /** Gives a port up; false when this allocator has not handed it out, or no longer. */
  releasePort(port: number): boolean {
    for (const [service, held] of this.#ports) {
      if (held !== port) continue;
      this.#ports.delete(service);
      this.#reservations.release(port);
      return true;
    }
    return false;
  }

  /** Tells whether the port could be handed out now: not excluded, held by nobody, and free on IPv4 and IPv6. */
  async isPortAvailable(port: number): Promise<boolean> {
    if (!isPort(port) || this.#neverGiven.has(port) || !this.#reservations.reserve(port, 'is it free?')) return false;
    try {
      return await isBindable(port);
    } finally {
      this.#reservations.release(port);
    }
  }

  /** Gives the port that the service has from this allocator. */
  getPortForService(service: string): number | undefined {
    return this.#ports.get(service);
  }

  /** Gives up every port; later allocations fail. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#pending.values());
    for (const port of [...this.#ports.values()]) this.releasePort(port);
  }

  async #once(service: string, choose: () => Promise<number>): Promise<number> {
    const pending = this.#pending.get(service);
    if (pending !== undefined) return pending;
    const existing = this.#ports.get(service);
    if (existing !== undefined) return existing;
    if (!this.#enabled) throw switchedOff(service);
    const waitMs = this.#limiter?.take(service) ?? 0;
    if (waitMs > 0) throw tooOften(service, `${this.#limiter}`, waitMs);
    const choice = choose().finally(() => this.#pending.delete(service));
    this.#pending.set(service, choice);
    return choice;
  }

  async #choose(service: string, selection: Selection, signal: AbortSignal | undefined): Promise<number> {
    for (const port of candidates(selection, this.#random)) {
      signal?.throwIfAborted();
      if (this.#closed) throw closed(service);
      if (await this.#take(port, service)) return port;
    }
    throw usedUp(service, selection.range);
  }

  /** Reserves first, so that no socket is ever opened on a port that somebody else was given. */
  async #take(port: number, service: string): Promise<boolean> {
    if (this.#neverGiven.has(port) || !this.#reservations.reserve(port, service)) return false;
    if (!(await isBindable(port)) || this.#closed) {
      this.#reservations.release(port);
      return false;
    }
    this.#ports.set(service, port);
    return true;
  }
}
