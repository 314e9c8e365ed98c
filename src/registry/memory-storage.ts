import { type Endpoint, type EndpointStatus, timerMs } from '../model/index.js';
import type { ServiceRegistry } from './service-registry.js';
import type { RegistryStorage } from './storage.js';

/** What a memory storage is made with. */
export interface MemoryStorageOptions {
  /** How often, at least, endpoints whose time is over are removed, in milliseconds. Default 30,000. */
  readonly cleanupIntervalMs?: number;
}

/** Keeps endpoints in this process alone. An endpoint is removed, and its followers told, when its time is over. */
export class MemoryStorage implements RegistryStorage {
  readonly backend = 'memory';
  readonly registry: ServiceRegistry;
  readonly #cleanupIntervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #sweepAt = Number.POSITIVE_INFINITY;

  constructor(registry: ServiceRegistry, { cleanupIntervalMs = 30_000 }: MemoryStorageOptions = {}) {
    this.registry = registry;
    this.#cleanupIntervalMs = cleanupIntervalMs;
  }

  async start(): Promise<void> {
    if (this.#timer === undefined) this.#sweepIn(this.#cleanupIntervalMs);
  }

  async put(endpoint: Endpoint, { ifAbsent = false }: { readonly ifAbsent?: boolean } = {}): Promise<boolean> {
    if (ifAbsent && this.registry.get(endpoint.id) !== undefined) return false;
    this.registry.register(endpoint);
    const { ttlMs } = endpoint;
    if (ttlMs !== undefined && this.#timer !== undefined && this.registry.now + ttlMs < this.#sweepAt)
      this.#sweepIn(ttlMs);
    return true;
  }

  async heartbeat(id: string): Promise<Endpoint | undefined> {
    return this.registry.heartbeat(id);
  }

  async setStatus(id: string, status: EndpointStatus): Promise<boolean> {
    return this.registry.get(id) !== undefined && this.registry.updateStatus(id, status);
  }

  async remove(id: string): Promise<boolean> {
    return this.registry.get(id) !== undefined && this.registry.deregister(id);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #sweepIn(wantedMs: number): void {
    const ms = timerMs(wantedMs);
    clearTimeout(this.#timer);
    this.#sweepAt = this.registry.now + ms;
    this.#timer = setTimeout(() => {
      this.registry.sweep();
      this.#sweepIn(Math.min(this.#cleanupIntervalMs, this.#nextExpiryMs()));
    }, ms).unref();
  }

  /** Gives the time until the first of the endpoints is over if nobody beats for it. */
  #nextExpiryMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { lastHeartbeat, ttlMs } of this.registry.list()) {
      if (ttlMs !== undefined) next = Math.min(next, lastHeartbeat + ttlMs - this.registry.now);
    }
    return Math.max(1, next);
  }
}
