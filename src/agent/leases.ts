import {
  type Endpoint,
  type EndpointOf,
  environmentVariables,
  type ForkDocument,
  type Isolation,
  type LeasedService,
  type LeaseRequest,
  PortsideError,
  type ServiceName,
} from '../model/index.js';

/** What leasing needs of whoever carries the environment. */
export interface LeaseCarrier {
  lease(request: Omit<LeaseRequest, 'session'>, signal?: AbortSignal): Promise<ForkDocument>;
  release(id: string): Promise<void>;
  reset(id: string): Promise<void>;
  snapshot(id: string, name: string): Promise<void>;
  restore(id: string, name: string): Promise<void>;
}

/** How something is leased. */
export interface LeaseOptions {
  /** Overrides how services are isolated, by service: `{ 'postgres-primary': 'server' }`. */
  readonly isolation?: Readonly<Record<string, Isolation>>;
  /** What `portside ps` shows as the holder beside the process, for example a test file. */
  readonly file?: string;
  /** How long to wait for a turn, in milliseconds. Default: the environment's `leases.queueTimeout`, 60,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** How a fork is made. */
export interface ForkOptions extends LeaseOptions {
  /** Services to lease at once. Default: every one that can be; `[]` leases each when it is first asked for. */
  readonly services?: readonly ServiceName[];
}

/** A slice of one service that belongs to its holder alone, until it is released or its process ends. */
export interface Lease<E extends Endpoint = Endpoint> extends AsyncDisposable {
  readonly id: string;
  readonly service: string;
  readonly isolation: Isolation;
  /** Name of the database, or address of the server or copy. */
  readonly name: string;
  readonly endpoint: E;
  /** Brings it back to the state that it was leased in; its address stays, its connections are ended. Errors: `LEASE_FAILED`, `LEASE_UNKNOWN`. */
  reset(): Promise<void>;
  /** Keeps its present state under a name. Errors: `LEASE_UNSUPPORTED`, `LEASE_FAILED`, `LEASE_UNKNOWN`. */
  snapshot(name: string): Promise<void>;
  /** Brings a kept state back; its address stays. Errors: as `snapshot`; `LEASE_UNKNOWN` when there is none of that name. */
  restore(name: string): Promise<void>;
  /** Ends the lease; may be called twice. */
  release(): Promise<void>;
}

/** Leases that belong together: a copy of a program among them is wired to the others. */
export class Fork implements AsyncDisposable {
  readonly #carrier: LeaseCarrier;
  readonly #options: LeaseOptions;
  readonly #leases = new Map<string, Lease>();
  #id: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #released: Promise<void> | undefined;

  constructor(carrier: LeaseCarrier, options: LeaseOptions) {
    this.#carrier = carrier;
    this.#options = options;
  }

  /** Makes a fork of leases that another process holds: nothing is added to it here, and releasing it does nothing. */
  static borrowed(carrier: LeaseCarrier, { id, leases }: ForkDocument): Fork {
    const fork = new Fork({ ...carrier, release: async () => {}, lease: () => Promise.reject(notHeld()) }, {});
    fork.#add(id, leases);
    return fork;
  }

  /** What another process needs to know to borrow it; `undefined` before the first lease. */
  get document(): ForkDocument | undefined {
    if (this.#id === undefined) return undefined;
    const leases = this.leases.map(({ id, service, isolation, name, endpoint }) => {
      return { id, service, isolation, name, endpoint };
    });
    return { id: this.#id, leases };
  }

  /** The leases so far. */
  get leases(): readonly Lease[] {
    return [...this.#leases.values()];
  }

  /**
   * Gives the lease of a service, leasing it the first time.
   * Errors: `DISCOVERY_UNKNOWN_SERVICE`, `LEASE_UNSUPPORTED`, `LEASE_TIMEOUT`, `LEASE_FAILED`, `ENVIRONMENT_STOPPED`.
   */
  async lease<Name extends ServiceName>(name: Name): Promise<Lease<EndpointOf<Name>>> {
    if (!this.#leases.has(name)) await this.extend([name]);
    const lease = this.#leases.get(name);
    if (lease === undefined) throw new PortsideError('LEASE_FAILED', `Cannot lease '${name}': the agent gave none.`);
    return lease as unknown as Lease<EndpointOf<Name>>;
  }

  /** Gives the endpoint of a service in this fork, leasing it the first time. Errors: as `lease`. */
  async discover<Name extends ServiceName>(name: Name): Promise<EndpointOf<Name>> {
    return (await this.lease(name)).endpoint;
  }

  /** Gives the environment variables that tell a program the addresses of this fork: `NAME_URL`, `DATABASE_URL` and so on. */
  variables(): Record<string, string> {
    return environmentVariables(this.leases.map(({ endpoint }) => endpoint));
  }

  /** Brings every lease back to the state that it was leased in. Errors: `LEASE_FAILED`, `LEASE_UNKNOWN`. */
  async reset(): Promise<void> {
    // What a copy is wired to first: it may read its stores when it starts again.
    const copies = this.leases.filter(({ isolation }) => isolation === 'copy');
    const stores = this.leases.filter(({ isolation }) => isolation !== 'copy');
    await Promise.all(stores.map((lease) => lease.reset()));
    await Promise.all(copies.map((lease) => lease.reset()));
  }

  /** Leases further services together; without names, all that can be. One request at a time. */
  extend(services: readonly string[] | undefined): Promise<void> {
    const done = this.#turn.then(() => this.#extend(services));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Ends all its leases; may be called twice. */
  release(): Promise<void> {
    this.#released ??= this.#turn.then(async () => {
      if (this.#id !== undefined) await this.#carrier.release(this.#id);
    });
    return this.#released;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  async #extend(services: readonly string[] | undefined): Promise<void> {
    if (this.#released !== undefined) throw new PortsideError('LEASE_UNKNOWN', 'Cannot lease: the fork was released.');
    if (services?.every((name) => this.#leases.has(name)) === true) return;
    const { signal, ...options } = this.#options;
    const fork = this.#id === undefined ? {} : { fork: this.#id };
    const request = { ...options, ...fork, ...(services === undefined ? {} : { services }) };
    const { id, leases } = await this.#carrier.lease(request, signal);
    this.#add(id, leases);
  }

  #add(id: string, leases: readonly LeasedService[]): void {
    this.#id = id;
    for (const one of leases) if (!this.#leases.has(one.service)) this.#leases.set(one.service, this.#lease(one));
  }

  #lease({ id, service, isolation, name, endpoint }: LeasedService): Lease {
    const carrier = this.#carrier;
    const release = async (): Promise<void> => {
      if (this.#leases.get(service)?.id === id) this.#leases.delete(service);
      await carrier.release(id);
    };
    return {
      id,
      service,
      isolation,
      name,
      endpoint,
      reset: () => carrier.reset(id),
      snapshot: (kept) => carrier.snapshot(id, kept),
      restore: (kept) => carrier.restore(id, kept),
      release,
      [Symbol.asyncDispose]: release,
    };
  }
}

function notHeld(): PortsideError {
  return new PortsideError('LEASE_UNSUPPORTED', 'Cannot lease: what the fork of another process has is all there is.', {
    hint: 'Services that it does not have are shared.',
  });
}
