import { noTelemetry, type Telemetry } from '../model/index.js';
import { candidates } from './candidates.js';
import { closed, impossiblePreference, switchedOff, tooOften, unknownPool, usedUp } from './errors.js';
import { poolOfName } from './pools.js';
import { PortSearch } from './port-search.js';
import { PortTelemetry } from './port-telemetry.js';
import { checkRange, isPort, type PortRange } from './range.js';
import { PortReservations } from './reservations.js';
import { type PortSettings, type SettledPorts, settle } from './settings.js';

/** What a `PortAllocator` is made with. */
export interface PortAllocatorOptions extends PortSettings {
  /** Folder that all processes of the user share; reservations lie in `ports` in it. */
  readonly stateFolder: string;
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
  readonly #random: () => number;
  readonly #now: () => number;
  readonly #telemetry: PortTelemetry;
  readonly #ports = new Map<string, number>();
  readonly #holders = new Map<number, { readonly service: string; readonly type: string }>();
  readonly #pending = new Map<string, Promise<number>>();
  #settings: SettledPorts;
  #closed = false;

  /** Throws `USAGE` when a range, a port or the rate limit is none. */
  constructor({
    stateFolder,
    random = Math.random,
    now = () => performance.now(),
    telemetry,
    ...settings
  }: PortAllocatorOptions) {
    this.#random = random;
    this.#now = now;
    this.#telemetry = new PortTelemetry(telemetry ?? noTelemetry);
    this.#settings = settle(settings, now);
    this.#search = new PortSearch({ reservations: new PortReservations(stateFolder), now });
  }

  /**
   * Goes on with other settings; what they do not say has its default. Ports that services have already stay theirs. Throws
   * `USAGE` when a range, a port or the rate limit is none, and leaves everything as it was.
   */
  configure(settings: PortSettings = {}): void {
    this.#settings = settle(settings, this.#now);
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
    const name = pool ?? poolOfName(service);
    const { ranges, defaultPorts, defaultRange, ephemeral } = this.#settings;
    const range = name === undefined ? undefined : ranges.get(name);
    if (range === undefined && pool !== undefined) throw unknownPool(pool, [...ranges.keys()]);
    return this.#once(service, {
      type: name ?? otherType,
      preferred: preferred ?? (name === undefined ? undefined : defaultPorts.get(name)),
      range: range ?? defaultRange,
      ephemeral,
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
    if (!isPort(port) || this.#settings.excluded.has(port)) return false;
    if (!(await this.#search.take(port, 'is it free?'))) return false;
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
    const { enabled, limiter } = this.#settings;
    if (!enabled) throw switchedOff(service);
    const waitMs = limiter?.take(service) ?? 0;
    if (waitMs > 0) throw tooOften(service, `${limiter}`, waitMs);
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
    const { excluded } = this.#settings;
    const wanted = preferred !== undefined && !excluded.has(preferred);
    if (wanted && (await this.#search.take(preferred, service))) return preferred;
    const port = await this.#search.takeFirst(candidates(range, excluded, this.#random), service, check);
    if (port !== undefined || ephemeral === undefined) return port;
    return this.#search.takeFirst(candidates(ephemeral, excluded, this.#random, true), service, check);
  }
}
