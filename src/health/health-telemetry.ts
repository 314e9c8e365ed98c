import type { Metrics } from '../model/index.js';

/** Counts checks and unhealthy instances by service. */
export class HealthTelemetry {
  readonly #metrics: Metrics;
  readonly #unhealthy = new Map<string, number>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** A check was made. */
  checked(service: string, ok: boolean): void {
    const labels = { service_name: service, result: ok ? 'success' : 'failure' };
    this.#metrics.counter('discovery_health_checks_total', labels).add();
  }

  /** So many more instances of the service are unhealthy. */
  unhealthy(service: string, more: number): void {
    const count = (this.#unhealthy.get(service) ?? 0) + more;
    this.#unhealthy.set(service, count);
    this.#metrics.gauge('discovery_unhealthy_services', { service_name: service }).set(count);
    if (count === 0) this.#unhealthy.delete(service);
  }
}
