import { setTimeout as sleep } from 'node:timers/promises';
import { type Endpoint, PortsideError } from '../../model/index.js';
import { type RegistryAddress, RegistryClient, type RegistryFrame, ServiceRegistry } from '../../registry/index.js';
import { sameEndpoint } from '../same-endpoint.js';
import type { DiscoveryStrategy } from '../strategy.js';

/** The pause before a server is tried again for the first time, in milliseconds; each later one is twice as long. */
const firstPauseMs = 25;

/** What the registry strategy is made with. */
export interface RegistryStrategyOptions {
  /** The registry server; a function is asked each time, for a server that may come, go, or move. */
  readonly registry: RegistryAddress | (() => RegistryAddress | undefined);
  /** How long one look-up may take, in milliseconds. Default 1000. */
  readonly timeoutMs?: number;
  /** How often a server that does not answer is tried again, with growing pauses. Default 3. */
  readonly retries?: number;
  /** Follows the server's changes, so that look-ups after the first need no request. Default true. */
  readonly follow?: boolean;
}

/** Finds services in a registry server. */
export class RegistryStrategy implements DiscoveryStrategy {
  readonly name = 'registry';
  readonly timeoutMs: number;
  readonly #options: RegistryStrategyOptions;
  readonly #listeners = new Set<(name: string | undefined) => void>();
  #client: RegistryClient | undefined;
  #known: Pick<RegistryAddress, 'url' | 'token'> | undefined;
  #replica: ServiceRegistry | undefined;
  #following: Promise<unknown> | undefined;
  #unfollow = (): void => {};
  #closed = false;

  constructor(options: RegistryStrategyOptions) {
    this.#options = options;
    this.timeoutMs = options.timeoutMs ?? 1000;
  }

  describe(): string {
    return this.#address()?.url ?? 'no registry known';
  }

  async find(name: string, signal: AbortSignal): Promise<readonly Endpoint[]> {
    if (this.#replica !== undefined) return this.#replica.lookup(name);
    const client = this.#connect();
    const { retries = 3, follow = true } = this.#options;
    const found = await client.lookup(name, signal).catch((error: unknown) => {
      if (retries === 0 || !isUnreachable(error)) throw error;
      return this.#tryAgain(client, name, retries, signal);
    });
    if (follow) this.#follow(client);
    return found;
  }

  async #tryAgain(
    client: RegistryClient,
    name: string,
    retries: number,
    signal: AbortSignal,
  ): Promise<readonly Endpoint[]> {
    const { default: pRetry } = await import('p-retry');
    await sleep(firstPauseMs, undefined, { signal });
    return pRetry(() => client.lookup(name, signal), {
      retries: retries - 1,
      minTimeout: 2 * firstPauseMs,
      factor: 2,
      signal,
      shouldRetry: ({ error }) => isUnreachable(error),
    });
  }

  onChange(listener: (name: string | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    await this.#drop();
  }

  #address(): RegistryAddress | undefined {
    const { registry } = this.#options;
    return typeof registry === 'function' ? registry() : registry;
  }

  /** Gives the client of the server as it is now known; a server that was started anew has another address or token. */
  #connect(): RegistryClient {
    const address = this.#address();
    if (address === undefined) {
      throw new PortsideError('REGISTRY_UNREACHABLE', 'Cannot ask a registry: none is known.', {
        hint: 'Start one (portside registry), or set discovery.registry_url.',
      });
    }
    const { url, token } = address;
    if (this.#client !== undefined && this.#known?.url === url && this.#known.token === token) return this.#client;
    const made = new RegistryClient(address);
    void this.#drop();
    this.#client = made;
    this.#known = { url, token };
    return made;
  }

  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#replica = undefined;
    this.#unfollow();
    this.#unfollow = () => {};
    await this.#following;
    await client?.close();
  }

  /** Begins to follow the server's changes; when that fails or ends, look-ups are requests again. */
  #follow(client: RegistryClient): void {
    if (this.#closed || this.#following !== undefined) return;
    // The server tells when a time to live is over; while it can be heard, its word counts.
    const replica = new ServiceRegistry({ now: () => performance.now(), isExpired: () => false });
    const lost = (): void => {
      if (this.#replica === replica) this.#replica = undefined;
      this.#tell(undefined);
    };
    const take = (frame: RegistryFrame): void => {
      if (frame.type === 'snapshot') {
        replica.reset(frame.registry);
        this.#tell(undefined);
        return;
      }
      const { type, endpoint } = frame.event;
      const before = replica.get(endpoint.id);
      replica.apply(frame.event);
      // A mere heartbeat is no news.
      if (type === 'updated' && before !== undefined && sameEndpoint(before, endpoint)) return;
      this.#tell(endpoint.name);
    };
    this.#following = client
      .follow(take, lost)
      .then(
        (end) => {
          if (this.#closed || this.#client !== client) {
            end();
            return;
          }
          this.#replica = replica;
          this.#unfollow = end;
        },
        () => undefined,
      )
      .finally(() => {
        this.#following = undefined;
      });
  }

  #tell(name: string | undefined): void {
    for (const listener of [...this.#listeners]) listener(name);
  }
}

function isUnreachable(error: unknown): boolean {
  return PortsideError.is(error) && error.code === 'REGISTRY_UNREACHABLE';
}
