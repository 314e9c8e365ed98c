import type { Telemetry } from '../model/index.js';

interface Counters {
  readonly allocated: { add(): void };
  readonly released: { add(): void };
  readonly conflicts: { add(): void };
}

/** Tells what becomes of ports; `type` is the kind of service. */
export class PortTelemetry {
  readonly #telemetry: Telemetry;
  readonly #counters = new Map<string, Counters>();

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry;
  }

  /** A service was given a port; `preferred`: the one that it should have had. */
  allocated(service: string, type: string, port: number, preferred: number | undefined): void {
    const counters = this.#of(type);
    counters.allocated.add();
    if (preferred === undefined || preferred === port) return;
    counters.conflicts.add();
    const fields = { service_name: service, preferred_port: preferred, allocated_port: port };
    this.#telemetry.log('warn', 'Port conflict detected, using fallback', fields);
  }

  /** A service gave its port up. */
  released(type: string): void {
    this.#of(type).released.add();
  }

  #of(type: string): Counters {
    const known = this.#counters.get(type);
    if (known !== undefined) return known;
    const { metrics } = this.#telemetry;
    const labels = { service_type: type };
    const counters = {
      allocated: metrics.counter('discovery_ports_allocated_total', labels),
      released: metrics.counter('discovery_ports_released_total', labels),
      conflicts: metrics.counter('discovery_port_conflicts_total', labels),
    };
    this.#counters.set(type, counters);
    return counters;
  }
}
