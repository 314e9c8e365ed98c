import type { Endpoint, EndpointStatus, RegistrySnapshot, ServiceEvent } from '../model/index.js';

/** What a registry is made with. */
export interface ServiceRegistryOptions {
  /** Gives the time in milliseconds since 1970. */
  readonly now: () => number;
  /**
   * Tells whether an endpoint's time is over. Default: when its `ttlMs` has passed since its last heartbeat, by a clock that went
   * either way.
   */
  readonly isExpired?: (endpoint: Endpoint) => boolean;
}

/**
 * The in-process store of endpoints (D3): synchronous, versioned, several instances per name. Each change grows the
 * version by one and reaches every subscriber. Endpoints whose `ttlMs` has passed since their last heartbeat are never
 * returned, swept or not (R7).
 */
export class ServiceRegistry {
  readonly #now: () => number;
  readonly #expired: (endpoint: Endpoint) => boolean;
  readonly #byId = new Map<string, Endpoint>();
  readonly #byName = new Map<string, readonly Endpoint[]>();
  readonly #listeners = new Set<(event: ServiceEvent) => void>();
  #version = 0;

  constructor({ now, isExpired }: ServiceRegistryOptions) {
    this.#now = now;
    this.#expired =
      isExpired ?? (({ ttlMs, lastHeartbeat }) => ttlMs !== undefined && Math.abs(now() - lastHeartbeat) >= ttlMs);
  }

  /** The registry's time, in milliseconds since 1970. */
  get now(): number {
    return this.#now();
  }

  /** Number of the newest change; 0 for a registry that never changed. */
  get version(): number {
    return this.#version;
  }

  /** How many endpoints are held, those not yet swept included. */
  get size(): number {
    return this.#byId.size;
  }

  /** Adds the endpoint, or replaces the one with the same id; one whose time was over is registered anew. */
  register(endpoint: Endpoint): void {
    this.#put(this.#version + 1, this.get(endpoint.id) === undefined ? 'registered' : 'updated', endpoint);
  }

  /** Removes the endpoint; false when there is none with this id. */
  deregister(id: string): boolean {
    const endpoint = this.#byId.get(id);
    if (endpoint === undefined) return false;
    this.#put(this.#version + 1, 'deregistered', endpoint);
    return true;
  }

  /** Sets the endpoint's status, as a heartbeat; subscribers hear of it only when the status is another one. */
  updateStatus(id: string, status: EndpointStatus): boolean {
    const endpoint = this.#byId.get(id);
    if (endpoint === undefined) return false;
    const updated = { ...endpoint, status, lastHeartbeat: this.#now() };
    if (status === endpoint.status) this.#store(updated);
    else this.#put(this.#version + 1, 'updated', updated);
    return true;
  }

  /** Sets the endpoint's status to healthy or unhealthy, as its health check found it; false when there is none with this id. */
  updateHealth(id: string, healthy: boolean): boolean {
    return this.updateStatus(id, healthy ? 'healthy' : 'unhealthy');
  }

  /**
   * Notes that the service still lives; `undefined` when its time is over or there is none with this id. Followers hear of it
   * when the endpoint has a time to live.
   */
  heartbeat(id: string): Endpoint | undefined {
    const endpoint = this.get(id);
    if (endpoint === undefined) return undefined;
    const updated = { ...endpoint, lastHeartbeat: this.#now() };
    if (endpoint.ttlMs === undefined) this.#store(updated);
    else this.#put(this.#version + 1, 'updated', updated);
    return updated;
  }

  /** Removes the endpoints whose time is over, as deregistered, and gives them. */
  sweep(): readonly Endpoint[] {
    const over = [...this.#byId.values()].filter((endpoint) => this.#expired(endpoint));
    for (const { id } of over) this.deregister(id);
    return over;
  }

  /** Gives the endpoint with this id. */
  get(id: string): Endpoint | undefined {
    const endpoint = this.#byId.get(id);
    return endpoint === undefined || this.#expired(endpoint) ? undefined : endpoint;
  }

  /** Gives every endpoint of this name, in the order of their first registration. */
  lookup(name: string): readonly Endpoint[] {
    const endpoints = this.#byName.get(name);
    if (endpoints === undefined) return [];
    return endpoints.some((endpoint) => this.#expired(endpoint))
      ? endpoints.filter((endpoint) => !this.#expired(endpoint))
      : endpoints;
  }

  /** Gives every endpoint. */
  list(): readonly Endpoint[] {
    return [...this.#byId.values()].filter((endpoint) => !this.#expired(endpoint));
  }

  /** Gives the whole content at this version. */
  snapshot(): RegistrySnapshot {
    return { version: this.#version, endpoints: this.list() };
  }

  /** Calls the listener for every later change; the function given back ends that. */
  subscribe(listener: (event: ServiceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes over another registry's content; subscribers hear what differs. For replicas. */
  reset(snapshot: RegistrySnapshot): void {
    const kept = new Set(snapshot.endpoints.map((endpoint) => endpoint.id));
    for (const endpoint of [...this.#byId.values()]) {
      if (!kept.has(endpoint.id)) this.#put(snapshot.version, 'deregistered', endpoint);
    }
    for (const endpoint of snapshot.endpoints) {
      const known = this.#byId.get(endpoint.id);
      if (known === undefined) this.#put(snapshot.version, 'registered', endpoint);
      else if (JSON.stringify(known) !== JSON.stringify(endpoint)) this.#put(snapshot.version, 'updated', endpoint);
    }
    this.#version = snapshot.version;
  }

  /** Applies a change of the registry that this one follows; a change that it already has is ignored. */
  apply(event: ServiceEvent): void {
    if (event.version > this.#version) this.#put(event.version, event.type, event.endpoint);
  }

  #put(version: number, type: ServiceEvent['type'], endpoint: Endpoint): void {
    this.#version = version;
    if (type === 'deregistered') this.#delete(endpoint);
    else this.#store(endpoint);
    for (const listener of [...this.#listeners]) listener({ version, type, endpoint });
  }

  #store(endpoint: Endpoint): void {
    const before = this.#byId.get(endpoint.id);
    if (before !== undefined && before.name !== endpoint.name) this.#delete(before);
    this.#byId.set(endpoint.id, endpoint);
    const siblings = this.#byName.get(endpoint.name) ?? [];
    const position = siblings.findIndex((sibling) => sibling.id === endpoint.id);
    this.#byName.set(endpoint.name, position < 0 ? [...siblings, endpoint] : siblings.with(position, endpoint));
  }

  #delete(endpoint: Endpoint): void {
    this.#byId.delete(endpoint.id);
    const siblings = (this.#byName.get(endpoint.name) ?? []).filter((sibling) => sibling.id !== endpoint.id);
    if (siblings.length === 0) this.#byName.delete(endpoint.name);
    else this.#byName.set(endpoint.name, siblings);
  }
}
