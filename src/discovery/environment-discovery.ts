import {
  type Endpoint,
  type EndpointOf,
  PortsideError,
  type ServiceEvent,
  type ServiceName,
  timerMs,
} from '../model/index.js';
import { watchService } from '../registry/in-process.js';
import type { Replica } from './replica.js';
import { undiscoverable } from './undiscoverable.js';

/** How long and until when a discovery may wait. */
export interface DiscoverOptions {
  /** Milliseconds to wait for a healthy endpoint. Default 30,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const defaultTimeoutMs = 30_000;

/** Finds services of one environment in a replica of its registry: a map look-up when the service is there, otherwise a wait with a deadline. */
export class EnvironmentDiscovery {
  readonly #replica: Replica;
  readonly #closed = new AbortController();

  constructor(replica: Replica) {
    this.#replica = replica;
  }

  /**
   * Gives the first healthy endpoint of the service, waiting for it while it starts.
   * Errors: `DISCOVERY_UNKNOWN_SERVICE`, `DISCOVERY_TIMEOUT`, `ENVIRONMENT_STOPPED`, or the error that the environment's start failed with.
   */
  async discover<Name extends ServiceName>(name: Name, options: DiscoverOptions = {}): Promise<EndpointOf<Name>> {
    const [endpoint] = await this.#healthy(name, options);
    return endpoint as EndpointOf<Name>;
  }

  /** Gives every healthy endpoint of the service, at least one; waits and fails as `discover` does. */
  async discoverAll<Name extends ServiceName>(
    name: Name,
    options: DiscoverOptions = {},
  ): Promise<readonly EndpointOf<Name>[]> {
    return (await this.#healthy(name, options)) as readonly EndpointOf<Name>[];
  }

  /** Follows the service: its present endpoints as `registered`, then every change, until the signal aborts or the client closes. */
  watch(name: ServiceName, options: { readonly signal?: AbortSignal } = {}): AsyncIterable<ServiceEvent> {
    const signals = [this.#closed.signal, ...(options.signal === undefined ? [] : [options.signal])];
    return watchService(this.#replica.registry, name, AbortSignal.any(signals));
  }

  /** Ends every watch and every waiting discovery. */
  close(): void {
    this.#closed.abort(
      new PortsideError('ENVIRONMENT_STOPPED', 'Cannot discover services: the environment was closed.'),
    );
  }

  async #healthy(
    name: string,
    { timeoutMs = defaultTimeoutMs, signal }: DiscoverOptions,
  ): Promise<readonly Endpoint[]> {
    this.#closed.signal.throwIfAborted();
    const found = this.#lookup(name);
    if (found.length > 0) return found;
    return new Promise((resolve, reject) => {
      const signals = [this.#closed.signal, ...(signal === undefined ? [] : [signal])];
      const aborted = AbortSignal.any(signals);
      const check = (): void => {
        const endpoints = this.#lookup(name);
        if (endpoints.length > 0) settle(() => resolve(endpoints));
        else {
          const error = undiscoverable(this.#replica, name);
          if (error !== undefined) settle(() => reject(error));
        }
      };
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        unsubscribe();
        aborted.removeEventListener('abort', onAbort);
        finish();
      };
      const onAbort = (): void => settle(() => reject(aborted.reason));
      const onLate = (): void => settle(() => reject(undiscoverable(this.#replica, name, timeoutMs)));
      const timer = setTimeout(onLate, timerMs(timeoutMs));
      const unsubscribe = this.#replica.subscribe(check);
      aborted.addEventListener('abort', onAbort);
      if (aborted.aborted) onAbort();
      else check();
    });
  }

  #lookup(name: string): readonly Endpoint[] {
    const endpoints = this.#replica.registry.lookup(name);
    return endpoints.every((endpoint) => endpoint.status === 'healthy')
      ? endpoints
      : endpoints.filter((endpoint) => endpoint.status === 'healthy');
  }
}
