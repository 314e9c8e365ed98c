import type { AnnouncedService, Listener } from '../../broadcast/index.js';
import type { Endpoint } from '../../model/index.js';
import { endpointOf } from '../../registry/index.js';
import type { DiscoveryStrategy } from '../strategy.js';

/** What the broadcast strategy is made with. */
export interface BroadcastStrategyOptions {
  /** Hears announcements; made when the first service is looked for. The strategy stops it. */
  readonly listener: () => Listener;
  /** Asks announcers to tell of a service now instead of at their next heartbeat. */
  readonly ask?: (name: string) => Promise<unknown>;
  /** What the listener hears, for errors. */
  readonly channel: string;
  /** How long an announcement is waited for, in milliseconds. Default 5000. */
  readonly timeoutMs?: number;
  /** Gives the time in milliseconds since 1970. */
  readonly now: () => number;
  /** Gives up what `ask` needs. */
  readonly stop?: () => Promise<void>;
}

/** How long it is waited for another instance of a service that has left, in milliseconds. */
const leftMs = 250;

/** Of so many services it is remembered at most that they were heard. */
const maxHeard = 10_000;

/** Finds services that are announced by multicast: what was heard already, or is heard while waiting. */
export class BroadcastStrategy implements DiscoveryStrategy {
  readonly name = 'broadcast';
  readonly timeoutMs: number;
  readonly #options: BroadcastStrategyOptions;
  readonly #listeners = new Set<(name: string | undefined) => void>();
  /** Names of all services that were heard, and the ids of those that have not left. */
  readonly #heard = new Set<string>();
  readonly #ids = new Set<string>();
  #listener: Listener | undefined;

  constructor(options: BroadcastStrategyOptions) {
    this.#options = options;
    this.timeoutMs = options.timeoutMs ?? 5000;
  }

  describe(): string {
    return `announcements on ${this.#options.channel}`;
  }

  async find(name: string, signal: AbortSignal): Promise<readonly Endpoint[]> {
    const listener = this.#listen();
    await listener.start();
    const heard = listener.services.lookup(name);
    if (heard.length > 0) return heard.map((service) => this.#endpoint(service, listener));
    const { promise, resolve, reject } = withResolvers();
    const ends = (['register', 'update', 'heartbeat'] as const).map((action) =>
      listener.on(action, ({ announcement: { service } }) => {
        if (service.name === name) resolve();
      }),
    );
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    // A service that was heard and has left has told so itself: whoever took its place answers at once.
    const gone = this.#heard.has(name) ? setTimeout(resolve, leftMs) : undefined;
    try {
      if (signal.aborted) onAbort();
      else this.#options.ask?.(name).catch(reject);
      await promise;
      return listener.services.lookup(name).map((service) => this.#endpoint(service, listener));
    } finally {
      clearTimeout(gone);
      signal.removeEventListener('abort', onAbort);
      for (const end of ends) end();
    }
  }

  onChange(listener: (name: string | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await Promise.all([this.#listener?.stop(), this.#options.stop?.()]);
  }

  #listen(): Listener {
    if (this.#listener !== undefined) return this.#listener;
    const listener = this.#options.listener();
    for (const action of ['register', 'update', 'heartbeat', 'deregister'] as const) {
      listener.on(action, ({ announcement: { service } }) => {
        const known = this.#ids.has(service.id);
        if (action === 'deregister') this.#ids.delete(service.id);
        else if (this.#ids.size < maxHeard) this.#ids.add(service.id);
        if (this.#heard.size < maxHeard) this.#heard.add(service.name);
        // A heartbeat of what is known is no news.
        if (action === 'heartbeat' && known) return;
        for (const tell of [...this.#listeners]) tell(service.name);
      });
    }
    this.#listener = listener;
    return listener;
  }

  #endpoint({ id, ...registration }: AnnouncedService, { services }: Listener): Endpoint {
    return endpointOf(id, registration, { now: this.#options.now(), ttlMs: services.holdsFor(id) });
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (reason: unknown) => void } {
  let resolve = (): void => {};
  let reject = (_: unknown): void => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
