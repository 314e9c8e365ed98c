import { advertisedPorts, type PlannedPort, type PlannedService } from '../../model/index.js';
import type { PortAllocator } from '../../ports/index.js';
import { hostPortAllocator } from '../host-ports.js';
import type { RuntimeOptions } from '../runtime.js';
import { portKey } from './ports.js';

/**
 * The host ports of services that must know them before they start: chosen here, since the engine tells its choice only
 * after the start. They are reserved across processes until their containers are gone.
 */
export class AdvertisedPorts {
  readonly #options: RuntimeOptions;
  readonly #held = new Map<string, Map<string, number>>();
  #allocations = 0;
  #made: PortAllocator | undefined;

  constructor(options: RuntimeOptions) {
    this.#options = options;
  }

  /**
   * Gives the ports of a service with a host port preferred for each that it advertises; the same as before, except where that one
   * is among those found taken.
   */
  async fix(
    { name, definition, ports }: PlannedService,
    replica: number,
    taken: ReadonlySet<number>,
    signal: AbortSignal,
  ): Promise<readonly PlannedPort[]> {
    const named = new Set(advertisedPorts(definition.advertise ?? {}, ports));
    const fixed: PlannedPort[] = [];
    for (const port of ports) {
      if (!named.has(port)) fixed.push(port);
      else fixed.push({ ...port, policy: 'prefer', published: await this.#hold(name, replica, port, taken, signal) });
    }
    return fixed;
  }

  /** Gives the ports of a replica up. */
  release(service: string, replica: number): void {
    for (const port of this.#held.get(keyOf(service, replica))?.values() ?? []) this.#allocator.releasePort(port);
    this.#held.delete(keyOf(service, replica));
  }

  /** Gives every port up; may be called twice. */
  async close(): Promise<void> {
    await this.#made?.[Symbol.asyncDispose]();
  }

  get #allocator(): PortAllocator {
    this.#made ??= hostPortAllocator(this.#options);
    return this.#made;
  }

  async #hold(
    service: string,
    replica: number,
    port: PlannedPort,
    taken: ReadonlySet<number>,
    signal: AbortSignal,
  ): Promise<number> {
    const held = this.#held.get(keyOf(service, replica)) ?? new Map<string, number>();
    this.#held.set(keyOf(service, replica), held);
    const current = held.get(portKey(port));
    if (current !== undefined && !taken.has(current)) return current;
    const wish = port.policy === 'prefer' && !taken.has(port.published ?? 0) ? port.published : undefined;
    // A name of its own for each allocation: the allocator gives the same name the same port.
    const name = `${service}#${this.#allocations++}`;
    const chosen = await this.#allocator.allocatePort(name, {
      signal,
      ...(wish === undefined ? {} : { preferred: wish }),
    });
    held.set(portKey(port), chosen);
    // Only now, so that it is not chosen again.
    if (current !== undefined) this.#allocator.releasePort(current);
    return chosen;
  }
}

function keyOf(service: string, replica: number): string {
  return `${service}-${replica}`;
}
