import { type Endpoint, PortsideError } from '../model/index.js';
import { type RegistryAddress, registryUrl } from './address.js';
import { BatchedLookup } from './batched-lookup.js';
import type { Registration } from './registration.js';
import type { RegistryFrame } from './registry-frame.js';
import type { RegistryRequest, RegistryTransport } from './transport.js';

/** A registration that is kept alive. */
export interface Registered extends AsyncDisposable {
  readonly endpoint: Endpoint;
  /** Ends the heartbeats and takes the registration back. May be called twice; a registry that is away is no error. */
  deregister(): Promise<void>;
}

/** How a service registers. */
export interface RegisterOptions {
  /** Fails with `REGISTRY_CONFLICT` when the id is registered already. */
  readonly ifAbsent?: boolean;
  readonly signal?: AbortSignal;
}

/** How a registration is kept alive. */
export interface KeepOptions extends RegisterOptions {
  /** Pause between heartbeats, in milliseconds. Default: a third of the time to live. */
  readonly intervalMs?: number;
  /** Called with every heartbeat that failed; the next one is sent all the same, and registers anew where that is needed. */
  readonly onError?: (error: unknown) => void;
}

/** After this long without a sign of life a server is taken for gone, in milliseconds; it gives one every five seconds. */
const silenceMs = 15_000;

/** After this long a look-up or a deregistration is given up, in milliseconds, if nobody has before. */
const requestMs = 10_000;

/** Talks to a registry server (`portside registry`) over HTTP. */
export class RegistryClient {
  /** The server's URL. */
  readonly url: string;
  readonly #address: RegistryAddress;
  readonly #lookups = new BatchedLookup(async (names) => {
    const query = names.map((name) => `name=${encodeURIComponent(name)}`).join('&');
    const signal = AbortSignal.timeout(requestMs);
    const request = { method: 'GET', path: `/v1/services?${query}`, signal } as const;
    return (await this.#call<{ services: readonly Endpoint[] }>(request)).services;
  });
  #transport: Promise<RegistryTransport> | undefined;

  /** Throws `USAGE` when the address is none. */
  constructor(address: RegistryAddress) {
    this.#address = address;
    this.url = registryUrl(address.url).origin;
  }

  /**
   * Registers a service under an id that no other instance has, or replaces it; gives what is registered. It holds for its time
   * to live. Errors: `REGISTRY_INVALID`, `REGISTRY_CONFLICT`, `REGISTRY_UNAUTHORIZED`, `REGISTRY_RATE_LIMITED`, `REGISTRY_UNREACHABLE`.
   */
  async register(
    id: string,
    registration: Registration,
    { ifAbsent, signal }: RegisterOptions = {},
  ): Promise<Endpoint> {
    const { service } = await this.#call<{ service: Endpoint }>({
      method: 'PUT',
      path: pathOf(id),
      body: registration,
      ...(ifAbsent === true ? { headers: { 'if-none-match': '*' } } : {}),
      ...(signal === undefined ? {} : { signal }),
    });
    return service;
  }

  /** Registers a service and sends heartbeats for it until it is deregistered. Keeps no process alive. Errors: as `register`. */
  async keep(id: string, registration: Registration, options: KeepOptions = {}): Promise<Registered> {
    const endpoint = await this.register(id, registration, options);
    const ttlMs = endpoint.ttlMs ?? 60_000;
    const intervalMs = Math.max(1, Math.floor(options.intervalMs ?? ttlMs / 3));
    let ended: Promise<void> | undefined;
    let beating = false;
    const beat = async (): Promise<void> => {
      if (beating) return;
      beating = true;
      try {
        const known = await this.heartbeat(id, { signal: AbortSignal.timeout(intervalMs) });
        if (known || ended !== undefined) return;
        await this.register(id, registration, { signal: AbortSignal.timeout(intervalMs) });
      } catch (error) {
        options.onError?.(error);
      } finally {
        beating = false;
      }
    };
    const timer = setInterval(() => void beat(), intervalMs).unref();
    const deregister = (): Promise<void> => {
      clearInterval(timer);
      // Once its time to live is over the registry has forgotten it by itself.
      const signal = AbortSignal.timeout(Math.min(requestMs, Math.ceil(ttlMs)));
      ended ??= this.deregister(id, { signal }).then(
        () => undefined,
        (error) => options.onError?.(error),
      );
      return ended;
    };
    return { endpoint, deregister, [Symbol.asyncDispose]: deregister };
  }

  /** Tells the registry that the service still lives; false when it has no such registration (any more). */
  async heartbeat(id: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<boolean> {
    return this.#known({
      method: 'POST',
      path: `${pathOf(id)}/heartbeat`,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Tells the registry whether the service is healthy; false when it has no such registration. */
  async updateHealth(id: string, healthy: boolean): Promise<boolean> {
    return this.#known({ method: 'POST', path: `${pathOf(id)}/health`, body: { healthy } });
  }

  /** Takes a registration back; false when there was none. Without a signal it is given up after ten seconds. */
  async deregister(id: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<boolean> {
    const limit = signal ?? AbortSignal.timeout(requestMs);
    return this.#known({ method: 'DELETE', path: pathOf(id), signal: limit });
  }

  /**
   * Gives every instance of this name, whatever its status; none when nobody is registered under it. What is asked for at the same
   * moment goes in one request.
   */
  lookup(name: string, signal?: AbortSignal): Promise<readonly Endpoint[]> {
    return this.#lookups.lookup(name, signal);
  }

  /** Gives every endpoint. */
  async list(signal?: AbortSignal): Promise<readonly Endpoint[]> {
    const request = { method: 'GET', path: '/v1/services', ...(signal === undefined ? {} : { signal }) } as const;
    return (await this.#call<{ services: readonly Endpoint[] }>(request)).services;
  }

  /**
   * Follows the registry: what is registered, then every change. Resolves when the first frame is there, gives what ends it;
   * `onEnd` is called once when the stream ends otherwise.
   */
  async follow(onFrame: (frame: RegistryFrame) => void, onEnd: (error: PortsideError) => void): Promise<() => void> {
    const end = new AbortController();
    const [{ createParser }, transport] = await Promise.all([import('eventsource-parser'), this.#connect()]);
    const response = await transport.open({ method: 'GET', path: '/v1/events', signal: end.signal }, true);
    if (response.statusCode !== 200) {
      response.resume();
      throw transport.refusal(response.statusCode ?? 500);
    }
    response.socket.unref();
    response.socket.setTimeout(silenceMs, () => response.destroy());
    response.setEncoding('utf8');
    return new Promise((resolve, reject) => {
      const close = (): void => end.abort();
      const lost = (): void => {
        const error = new PortsideError(
          'REGISTRY_UNREACHABLE',
          `Cannot follow the registry at ${this.url}: it is gone.`,
        );
        if (!end.signal.aborted) onEnd(error);
        reject(error);
      };
      const parser = createParser({
        onEvent: ({ data }) => {
          onFrame(JSON.parse(data) as RegistryFrame);
          resolve(close);
        },
      });
      response.on('data', (text: string) => parser.feed(text));
      response.on('error', () => undefined);
      response.on('close', lost);
    });
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    (await this.#transport)?.close();
  }

  /** What sends requests is loaded with the first one. */
  #connect(): Promise<RegistryTransport> {
    this.#transport ??= import('./transport.js').then((loaded) => new loaded.RegistryTransport(this.#address));
    return this.#transport;
  }

  async #call<Answer>(request: RegistryRequest): Promise<Answer> {
    return (await this.#connect()).call<Answer>(request);
  }

  async #known(request: RegistryRequest): Promise<boolean> {
    try {
      await this.#call(request);
      return true;
    } catch (error) {
      if (PortsideError.is(error) && error.code === 'DISCOVERY_UNKNOWN_SERVICE') return false;
      throw error;
    }
  }
}

function pathOf(id: string): string {
  return `/v1/services/${encodeURIComponent(id)}`;
}
