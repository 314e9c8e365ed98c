import type { Isolator } from '../../isolation/index.js';
import { type Isolation, knownServices, type PlannedService, PortsideError } from '../../model/index.js';
import type { Shape } from './bundle.js';
import { defaultIsolation } from './kinds.js';

/** Makes the shape that a request asks for: its services and what they are wired to, in an order in which they can be made. */
export class Shapes {
  readonly #services: readonly PlannedService[];
  readonly #isolator: (service: string, isolation: Isolation) => Isolator;

  constructor(services: readonly PlannedService[], isolator: (service: string, isolation: Isolation) => Isolator) {
    this.#services = services;
    this.#isolator = isolator;
  }

  /** Gives every service that is leased when nobody names any, with how it is isolated. */
  get all(): Shape {
    return new Map(
      this.#services.flatMap((service) => {
        const isolation = defaultIsolation(service);
        return isolation === undefined ? [] : [[service.name, isolation] as const];
      }),
    );
  }

  /**
   * Gives the services of the names (absent: all that can be leased) and what they are wired to; what is `present` keeps its
   * isolation. Errors: `DISCOVERY_UNKNOWN_SERVICE`, `LEASE_UNSUPPORTED`.
   */
  of(
    names: readonly string[] | undefined,
    overrides: Readonly<Record<string, Isolation>> = {},
    present: Shape = new Map(),
  ): Shape {
    const { all } = this;
    const asked = new Map<string, Isolation>();
    const add = (name: string): void => {
      if (asked.has(name)) return;
      const isolation = present.get(name) ?? overrides[name] ?? all.get(name) ?? this.#unleasable(name);
      asked.set(name, isolation);
      for (const need of this.#isolator(name, isolation).needs ?? []) if (all.has(need)) add(need);
    };
    for (const name of names ?? all.keys()) {
      if (!this.#services.some((service) => service.name === name)) throw this.#unknown(name);
      add(name);
    }
    return this.#inOrder(asked);
  }

  /** Sorts what a slice is wired to before it; of two that are wired to each other the one that starts first comes last. */
  #inOrder(asked: Shape): Shape {
    const ordered = new Map<string, Isolation>();
    const visited = new Set<string>();
    const add = (name: string): void => {
      const isolation = asked.get(name);
      if (isolation === undefined || visited.has(name)) return;
      visited.add(name);
      for (const need of this.#isolator(name, isolation).needs ?? []) add(need);
      ordered.set(name, isolation);
    };
    for (const { name } of this.#services) add(name);
    return ordered;
  }

  #unknown(name: string): PortsideError {
    const names = this.#services.map((service) => service.name);
    return new PortsideError('DISCOVERY_UNKNOWN_SERVICE', `Cannot lease '${name}': there is no such service.`, {
      hint: knownServices(name, names),
      service: name,
    });
  }

  #unleasable(name: string): never {
    const { all } = this;
    const kind = this.#services.find((service) => service.name === name)?.definition.kind;
    throw new PortsideError(
      'LEASE_UNSUPPORTED',
      `Cannot lease '${name}': services of its kind are shared. Its kind is ${kind}.`,
      {
        hint: `Give it the label 'portside.isolation: copy' for a copy of its own per lease. Leased: ${[...all.keys()].join(', ') || 'none'}.`,
        service: name,
      },
    );
  }
}
