import { noTelemetry, type Telemetry } from '../model/index.js';
import { candidates } from './candidates.js';
import { closed, impossiblePreference, switchedOff, tooOften, unknownPool, usedUp } from './errors.js';
import { defaultPoolPorts, defaultPortRanges, defaultReservedPorts, poolOfName } from './pools.js';
import { PortSearch } from './port-search.js';
import { PortTelemetry } from './port-telemetry.js';
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
  /** Who is told of ports given and taken, and of conflicts. Default: nobody. */
  readonly telemetry?: Telemetry;
}

/** How one port is chosen. */
export interface AllocateOptions {
  /** Tried before all others, also instead of the default port of the pool. */
  readonly preferred?: number;
  /** Name of the pool; default: derived from the service's name. */
  readonly pool?: string;
  readonly signal?: AbortSignal;
}

/** Where a port may come from. */
interface Selection {
  /** Kind of the service, for the metrics. */
  readonly type: string;
  /** Tried before the range: what the caller prefers, or the default of the service's pool. */
  readonly preferred?: number | undefined;
  readonly range: PortRange;
  /** The range from which the system takes ports, where it may be used when `range` is used up. */
  readonly ephemeral?: PortRange | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Kind of the services whose name speaks for no pool. */
const otherType = 'other';

/**
 * Hands out TCP ports that are free and that no other process of the user was given. Having a port does not mean holding
 * its socket: whoever binds it must be ready to ask for another one when a stranger was faster.
 */
export class PortAllocator {
  readonly #search: PortSearch;
  readonly #ranges: Readonly<Record<string, PortRange>>;
  readonly #defaultRange: PortRange;
  readonly #defaultPorts: Readonly<Record<string, number>>;
  readonly #ephemeral: PortRange | undefined;
  readonly #enabled: boolean;
  readonly #limiter: RateLimiter | undefined;
  readonly #random: () => number;
  readonly #telemetry: PortTelemetry;
  readonly #ports = new Map<string, number>();
  readonly #holders = new Map<number, { readonly service: string; readonly type: string }>();
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
    const excluded = new Set(options.reservedPorts ?? defaultReservedPorts);
    for (const port of excluded) checkPort(port, 'a reserved port');
    this.#ephemeral = options.allowEphemeral === true ? ephemeralRange() : undefined;
    this.#enabled = options.enabled ?? true;
    this.#limiter = rateLimit === false ? undefined : new RateLimiter(rateLimit, now);
    this.#random = options.random ?? Math.random;
    this.#telemetry = new PortTelemetry(options.telemetry ?? noTelemetry);
    this.#search = new PortSearch({ reservations: new PortReservations(options.stateFolder), excluded, now });
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
    const name = pool ?? poolOfName(service) ?? otherType;
    const range = this.#ranges[name];
    if (range === undefined && pool !== undefined) throw unknownPool(pool, Object.keys(this.#ranges));
    return this.#once(service, {
      type: name,
      preferred: preferred ?? this.#defaultPorts[name],
      range: range ?? this.#defaultRange,
      ephemeral: this.#ephemeral,
      signal,
    });
  }

  /**
   * Gives the service a port from `start` to `end`, both included; the one it has already, if it has one. Throws
   * `PORT_UNAVAILABLE` when there is none, `PORT_RATE_LIMITED` when the service asks too often, `USAGE` for no range.
   */
  async allocatePortInRange(service: string, start: number, end: number, signal?: AbortSignal): Promise<number> {
    const type = poolOfName(service) ?? otherType;
    return this.#once(service, { type, range: checkRange({ start, end }), signal });
  }

  /** Gives a port up; false when this allocator has not handed it out, or no longer. */
  releasePort(port: number): boolean {
    const holder = this.#holders.get(port);
    if (holder === undefined) return false;
    this.#holders.delete(port);
    this.#ports.delete(holder.service);
    this.#search.release(port);
    this.#telemetry.released(holder.type);
    return true;
  }

  /** Tells whether the port could be handed out now: not excluded, held by nobody, and free on IPv4 and IPv6. */
  async isPortAvailable(port: number): Promise<boolean> {
    if (!isPort(port) || !(await this.#search.take(port, 'is it free?'))) return false;
    this.#search.release(port);
    return true;
  }

  /** Gives the port that the service has from this allocator. */
  getPortForService(service: string): number | undefined {
    return this.#ports.get(service);
  }

  /** Gives up every port; later allocations fail. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#pending.values());
    for (const port of [...this.#holders.keys()]) this.releasePort(port);
  }

  async #once(service: string, selection: Selection): Promise<number> {
    const pending = this.#pending.get(service);
    if (pending !== undefined) return pending;
    const existing = this.#ports.get(service);
    if (existing !== undefined) return existing;
    if (!this.#enabled) throw switchedOff(service);
    const waitMs = this.#limiter?.take(service) ?? 0;
    if (waitMs > 0) throw tooOften(service, `${this.#limiter}`, waitMs);
    const choice = this.#choose(service, selection).finally(() => this.#pending.delete(service));
    this.#pending.set(service, choice);
    return choice;
  }

  async #choose(service: string, selection: Selection): Promise<number> {
    const { type, preferred, range } = selection;
    const port = await this.#find(service, selection);
    if (port === undefined) throw usedUp(service, range);
    if (this.#closed) {
      this.#search.release(port);
      throw closed(service);
    }
    this.#ports.set(service, port);
    this.#holders.set(port, { service, type });
    this.#telemetry.allocated(service, type, port, preferred);
    return port;
  }

  async #find(service: string, { preferred, range, ephemeral, signal }: Selection): Promise<number | undefined> {
    const check = (): void => {
      signal?.throwIfAborted();
      if (this.#closed) throw closed(service);
    };
    check();
    if (preferred !== undefined && (await this.#search.take(preferred, service))) return preferred;
    const port = await this.#search.takeFirst(candidates(range, this.#random), service, check);
    if (port !== undefined || ephemeral === undefined) return port;
    return this.#search.takeFirst(candidates(ephemeral, this.#random, true), service, check);
  }
}
