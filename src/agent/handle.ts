import { type DiscoverOptions, EnvironmentDiscovery, type Replica } from '../discovery/in-environment.js';
import {
  type Endpoint,
  type EndpointOf,
  type EnvironmentDocument,
  type EnvironmentInfo,
  environmentVariables,
  type ForkDocument,
  type LogLine,
  type LogOptions,
  PortsideError,
  type RuntimeName,
  type ServiceEvent,
  type ServiceName,
  type ServiceProgress,
  type Warning,
} from '../model/index.js';
import { trace } from '../telemetry/trace.js';
import { Fork, type ForkOptions, type Lease, type LeaseCarrier, type LeaseOptions } from './leases.js';

/** What a handle needs of whoever carries its environment: an agent's socket, or this very process. */
export interface Carrier extends LeaseCarrier {
  readonly socket: string | null;
  document(): Promise<EnvironmentDocument>;
  logs(options: LogOptions & { readonly service?: string }): AsyncIterable<LogLine>;
  stop(): Promise<void>;
  close(): Promise<void>;
  /** Lets the process end although the session is open. */
  unref(): void;
}

/** A running environment as its user sees it: addresses, changes, logs, and the end of it. */
export class EnvironmentHandle implements AsyncDisposable {
  readonly #replica: Replica;
  readonly #discovery: EnvironmentDiscovery;
  readonly #carrier: Carrier;
  readonly #info: EnvironmentInfo;
  #closed: Promise<void> | undefined;

  constructor(replica: Replica, carrier: Carrier, info: EnvironmentInfo) {
    this.#replica = replica;
    this.#discovery = new EnvironmentDiscovery(replica);
    this.#carrier = carrier;
    this.#info = info;
  }

  /** The environment's key: equal keys are the same environment. */
  get key(): string {
    return this.#info.key;
  }

  get project(): string {
    return this.#info.project;
  }

  /** Absolute path of the project folder. */
  get directory(): string {
    return this.#info.directory;
  }

  get runtime(): RuntimeName {
    return this.#info.runtime;
  }

  /** Process id of the agent; `null` when the environment runs inside this process. */
  get agentPid(): number | null {
    return this.#info.agentPid;
  }

  /** Path of the agent's socket; `null` when the environment runs inside this process. */
  get socket(): string | null {
    return this.#carrier.socket;
  }

  get warnings(): readonly Warning[] {
    return this.#info.warnings;
  }

  /**
   * Gives the service's endpoint, waiting until it is healthy. `timeoutMs` defaults to 30,000.
   * Errors: `DISCOVERY_UNKNOWN_SERVICE` (with the known names and the nearest), `DISCOVERY_TIMEOUT`, `ENVIRONMENT_STOPPED`, or the
   * error that the start failed with.
   */
  discover<Name extends ServiceName>(name: Name, options?: DiscoverOptions): Promise<EndpointOf<Name>> {
    return trace('portside.discover', serviceAttribute(name), () => this.#discovery.discover(name, options));
  }

  /** Gives every healthy endpoint of the service (its replicas), at least one; waits and fails as `discover` does. */
  discoverAll<Name extends ServiceName>(name: Name, options?: DiscoverOptions): Promise<readonly EndpointOf<Name>[]> {
    return trace('portside.discover', serviceAttribute(name), () => this.#discovery.discoverAll(name, options));
  }

  /** Follows the service: its present endpoints as `registered`, then every change, until the signal aborts or the handle closes. */
  watch(name: ServiceName, options?: { readonly signal?: AbortSignal }): AsyncIterable<ServiceEvent> {
    return this.#discovery.watch(name, options);
  }

  /**
   * Leases a slice of one service: a database, a server or a copy that nobody else has, with what it is wired to.
   * Errors: `DISCOVERY_UNKNOWN_SERVICE`, `LEASE_UNSUPPORTED`, `LEASE_TIMEOUT`, `LEASE_FAILED`, `ENVIRONMENT_STOPPED`.
   */
  async lease<Name extends ServiceName>(name: Name, options: LeaseOptions = {}): Promise<Lease<EndpointOf<Name>>> {
    const fork = new Fork(this.#carrier, options);
    const lease = await trace('portside.lease', serviceAttribute(name), () => fork.lease(name));
    const release = () => fork.release();
    return { ...lease, release, [Symbol.asyncDispose]: release };
  }

  /**
   * Leases services together, by default every one that can be: a whole stack of one's own, in which copies of programs are wired
   * to the leased databases. Errors: as `lease`.
   */
  async fork({ services, ...options }: ForkOptions = {}): Promise<Fork> {
    const fork = new Fork(this.#carrier, options);
    if (services?.length === 0) return fork;
    await trace('portside.lease', serviceAttribute(services?.join(',') ?? '*'), () => fork.extend(services));
    return fork;
  }

  /** Gives a fork that another process holds, by what it told: its leases can be used and reset here, and end with their holder. */
  borrow(fork: ForkDocument): Fork {
    return Fork.borrowed(this.#carrier, fork);
  }

  /** Gives every endpoint as known in this process, whatever its status; no request is made. Those of a fork take their services' places. */
  endpoints(fork?: Pick<Fork, 'leases'>): readonly Endpoint[] {
    const shared = this.#replica.registry.list();
    if (fork === undefined) return shared;
    const leased = fork.leases.map(({ endpoint }) => endpoint);
    return [...leased, ...shared.filter(({ name }) => !leased.some((endpoint) => endpoint.name === name))];
  }

  /** Gives the newest step of each service. */
  progress(): readonly ServiceProgress[] {
    return this.#replica.progress;
  }

  /**
   * Gives the environment variables that tell a program every address: `NAME_URL`, `DATABASE_URL`, `REDIS_URL` and so on; with a
   * fork, those of its leases and of the services that it does not have.
   */
  variables(fork?: Pick<Fork, 'leases'>): Record<string, string> {
    return environmentVariables(this.endpoints(fork));
  }

  /** Gives the environment as the command line's JSON shows it. */
  document(): Promise<EnvironmentDocument> {
    return this.#carrier.document();
  }

  /** Gives the log lines of one service or of all. Errors: `DISCOVERY_UNKNOWN_SERVICE`. */
  logs(options: LogOptions & { readonly service?: string } = {}): AsyncIterable<LogLine> {
    return this.#carrier.logs(options);
  }

  /** Calls the listener once when the environment ends without this handle having been closed. */
  onLost(listener: (error: PortsideError) => void): () => void {
    const unsubscribe = this.#replica.subscribe((frame) => {
      if (frame.type !== 'state' || this.#closed !== undefined) return;
      if (frame.state.state !== 'stopped' && frame.state.state !== 'failed') return;
      unsubscribe();
      if (frame.state.state === 'failed') return listener(PortsideError.fromJSON(frame.state.error));
      listener(
        new PortsideError(
          'ENVIRONMENT_STOPPED',
          `Cannot reach the environment '${this.project}' any more: it has stopped.`,
        ),
      );
    });
    return unsubscribe;
  }

  /** Resolves when every service is ready. Errors: the one that the start failed with. */
  ready(signal?: AbortSignal): Promise<void> {
    return trace('portside.ready', { 'portside.project': this.project }, () => this.#ready(signal));
  }

  #ready(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const { state } = this.#replica;
        if (state.state === 'starting' && signal?.aborted !== true) return;
        unsubscribe();
        signal?.removeEventListener('abort', check);
        if (state.state === 'ready') resolve();
        else if (state.state === 'failed') reject(PortsideError.fromJSON(state.error));
        else if (signal?.aborted === true) reject(signal.reason);
        else
          reject(
            new PortsideError('ENVIRONMENT_STOPPED', `Cannot use the environment '${this.project}': it was stopped.`),
          );
      };
      const unsubscribe = this.#replica.subscribe(check);
      signal?.addEventListener('abort', check);
      check();
    });
  }

  /** Lets the process end although this handle is open; its session ends with it. */
  unref(): void {
    this.#carrier.unref();
  }

  /**
   * Stops the environment for everybody, and resolves when nothing is left. Errors: of what could not be removed, `ENGINE_FAILED` or
   * `INTERNAL`; `portside sweep` removes that later.
   */
  async stop(): Promise<void> {
    await this.#carrier.stop().finally(() => this.close());
  }

  /**
   * Ends this session. The last one out resolves when the environment has been removed, unless it is kept warm. May be called twice.
   * Errors: as `stop`.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#discovery.close();
    await this.#carrier.close();
  }
}

function serviceAttribute(name: string): Readonly<Record<string, string>> {
  return { 'portside.service': name };
}
