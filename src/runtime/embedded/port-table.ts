import type { BoundPort, PlannedService } from '../../model/index.js';
import type { PortAllocator } from '../../ports/index.js';
import { hostPortAllocator } from '../host-ports.js';
import type { RuntimeOptions } from '../runtime.js';
import { loopback } from './references.js';

/** The real ports of every replica of every service, reserved across processes. */
export class PortTable {
  readonly #allocator: PortAllocator;
  readonly #ports = new Map<string, Map<number, number>>();
  #allocations = 0;

  constructor(options: RuntimeOptions) {
    this.#allocator = hostPortAllocator(options);
  }

  /** Reserves a port for each target; a published port is tried first where the policy prefers it, and never for a copy. */
  async reserve(
    planned: PlannedService,
    replica: number,
    targets: readonly number[],
    signal: AbortSignal,
  ): Promise<void> {
    const ports = new Map<number, number>();
    this.#ports.set(keyOf(planned.name, replica), ports);
    for (const target of targets) {
      const wanted = planned.ports.find((port) => port.target === target);
      const prefer =
        wanted?.policy === 'prefer' && replica === 1 && planned.copy === undefined ? wanted.published : undefined;
      const allocation = this.#allocate(planned.name, prefer, signal);
      ports.set(
        target,
        await allocation.catch((error: unknown) => {
          this.release(planned.name, replica);
          throw error;
        }),
      );
    }
  }

  /** Gives every target another port, and the old ports up. */
  async replace(service: string, replica: number, signal: AbortSignal): Promise<void> {
    const ports = this.#ports.get(keyOf(service, replica));
    for (const [target, old] of ports ?? []) {
      ports?.set(target, await this.#allocate(service, undefined, signal));
      this.#allocator.releasePort(old);
    }
  }

  /** Gives the real port of a target; `undefined` when the service has no such port. */
  port(service: string, replica: number, target: number): number | undefined {
    return this.#ports.get(keyOf(service, replica))?.get(target);
  }

  /** Gives all real ports of a replica. */
  all(service: string, replica: number): number[] {
    return [...(this.#ports.get(keyOf(service, replica))?.values() ?? [])];
  }

  /** Gives the addresses of a replica in the order of the plan's ports. */
  bound(planned: PlannedService, replica: number): BoundPort[] {
    return planned.ports.flatMap(({ target, protocol, name }) => {
      const port = this.port(planned.name, replica, target);
      if (port === undefined) return [];
      return [{ target, protocol, host: loopback, port, ...(name === undefined ? {} : { name }) }];
    });
  }

  /** Gives the ports of a replica up. */
  release(service: string, replica: number): void {
    for (const port of this.all(service, replica)) this.#allocator.releasePort(port);
    this.#ports.delete(keyOf(service, replica));
  }

  /** Gives every port up. */
  async close(): Promise<void> {
    await this.#allocator[Symbol.asyncDispose]();
  }

  #allocate(service: string, preferred: number | undefined, signal: AbortSignal): Promise<number> {
    // A name of its own for each allocation: the allocator gives the same name the same port.
    const name = `${service}#${this.#allocations++}`;
    return this.#allocator.allocatePort(name, { signal, ...(preferred === undefined ? {} : { preferred }) });
  }
}

function keyOf(service: string, replica: number): string {
  return `${service}-${replica}`;
}
