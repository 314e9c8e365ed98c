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

/** Finds services that are announced by multicast: what was heard already, or is heard while waiting. */
export class BroadcastStrategy implements DiscoveryStrategy {
  readonly name = 'broadcast';
  readonly timeoutMs: number;
  readonly #options: BroadcastStrategyOptions;
  readonly #listeners = new Set<(name: string | undefined) => void>();
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
    const { promise, resolve, reject } = withResolvers<AnnouncedService>();
    const ends = (['register', 'update', 'heartbeat'] as const).map((action) =>
      listener.on(action, ({ announcement: { service } }) => {
        if (service.name === name) resolve(service);
      }),
    );
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    try {
      if (signal.aborted) onAbort();
      else await this.#options.ask?.(name);
      await promise;
      return listener.services.lookup(name).map((service) => this.#endpoint(service, listener));
    } finally {
      promise.catch(() => undefined);
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
    for (const action of ['register', 'update', 'deregister'] as const) {
      listener.on(action, ({ announcement }) => {
        for (const tell of [...this.#listeners]) tell(announcement.service.name);
      });
    }
    this.#listener = listener;
    return listener;
  }

  #endpoint({ id, ...registration }: AnnouncedService, { services }: Listener): Endpoint {
    return endpointOf(id, registration, { now: this.#options.now(), ttlMs: services.holdsFor(id) });
  }
}

function withResolvers<Value>(): {
  promise: Promise<Value>;
  resolve: (value: Value) => void;
  reject: (reason: unknown) => void;
} {
  let resolve: (value: Value) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
