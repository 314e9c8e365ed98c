import { nearest, PortsideError } from '../model/index.js';
import { isBindable } from './bindable.js';
import { defaultPortRanges, defaultReservedPorts, poolOfName } from './pools.js';
import { checkRange, isPort, type PortRange, portsOf, randomPortsOf, rangeForPrograms } from './range.js';
import { PortReservations } from './reservations.js';

/** What a `PortAllocator` is made with. */
export interface PortAllocatorOptions {
  /** Folder that all processes of the user share; reservations lie in `ports` in it. */
  readonly stateFolder: string;
  /** Ranges of the named pools. Default: database 5433-5442, cache 6380-6389, api 8081-8099 and others. */
  readonly portRanges?: Readonly<Record<string, PortRange>>;
  /** For services whose name speaks for no pool. Default: 10000 up to the system's ephemeral range. */
  readonly defaultRange?: PortRange;
  /** Never handed out, not even as a preference. Default 22, 80, 443. */
  readonly reservedPorts?: readonly number[];
  /** Whether the system may choose any port when the range is used up. Default false. */
  readonly allowEphemeral?: boolean;
  /** Source of random numbers from 0 to below 1. */
  readonly random?: () => number;
}

/** How one port is chosen. */
export interface AllocateOptions {
  /** Tried before all others. */
  readonly preferred?: number;
  /** Name of the pool; default: derived from the service's name. */
  readonly pool?: string;
  readonly signal?: AbortSignal;
}

/** A range of at least so many ports is searched in random order. */
const largeRange = 1000;
const sampleSize = 16;

/**
 * Hands out TCP ports that are free and that no other process of the user was given. Having a port does not mean holding
 * its socket: whoever binds it must be ready to ask for another one when a stranger was faster.
 */
export class PortAllocator {
  readonly #reservations: PortReservations;
  readonly #ranges: Readonly<Record<string, PortRange>>;
  readonly #defaultRange: PortRange;
  readonly #neverGiven: ReadonlySet<number>;
  readonly #allowEphemeral: boolean;
  readonly #random: () => number;
  readonly #ports = new Map<string, number>();
  readonly #pending = new Map<string, Promise<number>>();
  #closed = false;

  /** Throws `USAGE` when a range is none. */
  constructor(options: PortAllocatorOptions) {
    this.#ranges = options.portRanges ?? defaultPortRanges;
    for (const [name, range] of Object.entries(this.#ranges)) checkRange(range, `pool ${name}`);
    this.#defaultRange = checkRange(options.defaultRange ?? rangeForPrograms(), 'the default range');
    this.#neverGiven = new Set(options.reservedPorts ?? defaultReservedPorts);
    this.#allowEphemeral = options.allowEphemeral ?? false;
    this.#random = options.random ?? Math.random;
    this.#reservations = new PortReservations(options.stateFolder);
  }

  /**
   * Gives the service a port: the one it has already; else the preferred one; else one from the range of its pool,
   * ascending, or in random order from a large range; else, where that is allowed, one that the system chooses.
   * Throws `PORT_UNAVAILABLE` when there is none, `USAGE` for an unknown pool or an impossible preference.
   */
  async allocatePort(service: string, options: AllocateOptions = {}): Promise<number> {
    const { preferred, pool } = options;
    if (preferred !== undefined && !isPort(preferred)) throw impossiblePreference(service, preferred);
    const range = pool === undefined ? this.#rangeOfName(service) : this.#rangeOfPool(pool);
    return this.#once(service, () => this.#choose(service, preferred, range, this.#allowEphemeral, options.signal));
  }

  /** Gives the service a port from `start` to `end`. Throws `PORT_UNAVAILABLE` when there is none, `USAGE` for no range. */
  async allocatePortInRange(service: string, start: number, end: number, signal?: AbortSignal): Promise<number> {
    const range = checkRange({ start, end });
    return this.#once(service, () => this.#choose(service, undefined, range, false, signal));
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
    if (!isPort(port) || this.#neverGiven.has(port)) return false;
    return this.#reservations.holderOf(port) === undefined && (await isBindable(port));
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
    const choice = choose().finally(() => this.#pending.delete(service));
    this.#pending.set(service, choice);
    return choice;
  }

  async #choose(
    service: string,
    preferred: number | undefined,
    range: PortRange,
    allowEphemeral: boolean,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    for await (const port of this.#candidates(preferred, range, allowEphemeral)) {
      signal?.throwIfAborted();
      if (this.#closed) throw closed(service);
      if (await this.#take(port, service)) return port;
    }
    throw usedUp(service, range);
  }

  async *#candidates(preferred: number | undefined, range: PortRange, allowEphemeral: boolean): AsyncGenerator<number> {
    if (preferred !== undefined) yield preferred;
    if (range.end - range.start + 1 >= largeRange) {
      const { default: getPort } = await import('get-port');
      for (let round = 0; round < sampleSize; round++) {
        const proposed = await getPort({
          port: randomPortsOf(range, sampleSize, this.#random),
          exclude: this.#neverGiven,
        });
        if (proposed >= range.start && proposed <= range.end) yield proposed;
      }
    }
    yield* portsOf(range);
    if (!allowEphemeral) return;
    const { default: getPort } = await import('get-port');
    for (let round = 0; round < sampleSize; round++) yield await getPort({ exclude: this.#neverGiven });
  }

  /** Reserves first, so that of two who find the port free only one takes it. */
  async #take(port: number, service: string): Promise<boolean> {
    if (this.#neverGiven.has(port) || !this.#reservations.reserve(port, service)) return false;
    if (!(await isBindable(port)) || this.#closed) {
      this.#reservations.release(port);
      return false;
    }
    this.#ports.set(service, port);
    return true;
  }

  #rangeOfName(service: string): PortRange {
    return this.#ranges[poolOfName(service) ?? ''] ?? this.#defaultRange;
  }

  #rangeOfPool(pool: string): PortRange {
    const range = this.#ranges[pool];
    if (range !== undefined) return range;
    const names = Object.keys(this.#ranges);
    const near = nearest(pool, names);
    throw new PortsideError('USAGE', `Cannot allocate a port from pool "${pool}": there is no such pool.`, {
      hint: near === undefined ? `The pools are ${names.join(', ')}.` : `Did you mean "${near}"?`,
    });
  }
}

function impossiblePreference(service: string, port: number): PortsideError {
  return new PortsideError(
    'USAGE',
    `Cannot prefer a port for service "${service}": a port is a whole number from 1 to 65535. Current value is ${port}.`,
    { service },
  );
}

function usedUp(service: string, { start, end }: PortRange): PortsideError {
  return new PortsideError(
    'PORT_UNAVAILABLE',
    `Cannot allocate a port for service "${service}": every port from ${start} to ${end} is in use or reserved.`,
    { service, hint: 'Make the range larger, allow ephemeral ports, or end the programs that hold the ports.' },
  );
}

function closed(service: string): PortsideError {
  return new PortsideError(
    'PORT_UNAVAILABLE',
    `Cannot allocate a port for service "${service}": the allocator is closed.`,
    { service, hint: 'Make a new allocator.' },
  );
}
