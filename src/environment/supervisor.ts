import { HealthMonitor, probe } from '../health/index.js';
import type { Endpoint, Telemetry } from '../model/index.js';
import type { RunningService, Runtime, RuntimeEvent } from '../runtime/index.js';
import { makeEndpoint } from './endpoint.js';
import type { Environment } from './environment.js';
import { probeTarget, waitForReadiness } from './ready.js';

/** What a supervisor is made with. */
export interface SupervisorOptions {
  readonly environment: Environment;
  readonly runtime: Runtime;
  readonly running: Map<string, RunningService>;
  readonly now: () => number;
  /** Told of health checks. Default: nobody is. */
  readonly telemetry?: Telemetry;
  /** Called when a service that was started again answers, before anybody is told. */
  readonly onRestarted: (service: string, signal: AbortSignal) => Promise<void>;
}

/** Keeps the registry true to what runs: engine events and repeated health checks become statuses and addresses. */
export class Supervisor {
  readonly #environment: Environment;
  readonly #runtime: Runtime;
  readonly #running: Map<string, RunningService>;
  readonly #now: () => number;
  readonly #onRestarted: SupervisorOptions['onRestarted'];
  readonly #monitor: HealthMonitor;
  readonly #closed = new AbortController();
  readonly #engineHealth = new WeakMap<RunningService, boolean>();
  readonly #engineListeners = new Set<() => void>();
  readonly #unsubscribe: () => void;
  #watching = false;

  constructor({ environment, runtime, running, now, telemetry, onRestarted }: SupervisorOptions) {
    this.#monitor = new HealthMonitor(telemetry === undefined ? {} : { telemetry });
    this.#onRestarted = onRestarted;
    this.#environment = environment;
    this.#runtime = runtime;
    this.#running = running;
    this.#now = now;
    this.#unsubscribe = runtime.subscribe((event) => this.#onEvent(event));
    this.#monitor.subscribe(({ id, healthy }) => {
      const found = this.#running.get(id);
      if (found !== undefined) this.setHealth(found, healthy);
    });
  }

  /** Takes a started service in: registers its address as `starting`. */
  add(running: RunningService): void {
    const id = idOf(running);
    this.#running.set(id, running);
    const endpoint = this.#endpoint(running, 'starting');
    if (endpoint !== undefined) this.#environment.registry.register(endpoint);
    if (this.#watching) this.#check(running);
  }

  /** Records whether the service answers. */
  setHealth(running: RunningService, healthy: boolean): void {
    this.#environment.registry.updateStatus(this.#endpointId(running), healthy ? 'healthy' : 'unhealthy');
  }

  /** Resolves when the engine's own health check says healthy. */
  healthy(running: RunningService, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (signal.aborted) reject(signal.reason);
        else if (this.#engineHealth.get(running) === true) resolve();
        else return;
        this.#engineListeners.delete(check);
        signal.removeEventListener('abort', check);
      };
      this.#engineListeners.add(check);
      signal.addEventListener('abort', check);
      check();
    });
  }

  /** Begins the repeated health checks of everything that runs. */
  watchHealth(): void {
    this.#watching = true;
    for (const running of this.#running.values()) this.#check(running);
  }

  close(): void {
    this.#closed.abort();
    this.#unsubscribe();
    this.#monitor.close();
  }

  #onEvent(event: RuntimeEvent): void {
    if (event.type === 'health') {
      this.#engineHealth.set(event.running, event.healthy);
      for (const listener of [...this.#engineListeners]) listener();
    }
    // What else happens to a copy is the business of whoever leases it.
    if (event.type !== 'lost' && event.running.service.copy !== undefined) return;
    switch (event.type) {
      case 'started':
        void this.#restarted(event.running);
        break;
      case 'exited': {
        const { running, exit } = event;
        this.#monitor.remove(idOf(running));
        this.setHealth(running, false);
        if (this.#environment.state.state === 'ready') {
          const done = running.service.definition.kind === 'worker' && exit.exitCode === 0;
          this.#environment.report(running.service.name, done ? 'completed' : 'failed', `exit code ${exit.exitCode}`);
        }
        break;
      }
      case 'health':
        if (event.running.service.readiness.some(({ type }) => type === 'engine'))
          this.setHealth(event.running, event.healthy);
        break;
      case 'lost':
        for (const running of this.#running.values()) this.setHealth(running, false);
        break;
    }
  }

  /** A container that was started again has new ports: they are published at once, and healthy once it answers. */
  async #restarted(running: RunningService): Promise<void> {
    this.add(running);
    this.#environment.report(running.service.name, 'probing', 'restarted');
    try {
      const context = { runtime: this.#runtime, supervisor: this, signal: this.#closed.signal };
      await waitForReadiness(running, context);
      await this.#onRestarted(running.service.name, this.#closed.signal);
      this.setHealth(running, true);
      this.#environment.report(running.service.name, 'ready', 'restarted');
    } catch {
      if (!this.#closed.signal.aborted) this.setHealth(running, false);
    }
  }

  #check(running: RunningService): void {
    const conditions = running.service.readiness.filter(
      ({ type }) => type !== 'log' && type !== 'engine' && type !== 'exec',
    );
    if (conditions.length === 0) return;
    const target = probeTarget(this.#runtime, running);
    this.#monitor.add(
      idOf(running),
      async (signal) => {
        const results = await Promise.all(conditions.map((condition) => probe(condition, target, signal)));
        return results.find((result) => !result.ok) ?? { ok: true };
      },
      { service: running.service.name },
    );
  }

  #endpoint(running: RunningService, status: Endpoint['status']): Endpoint | undefined {
    const id = this.#endpointId(running);
    const now = this.#now();
    return makeEndpoint(running.service, {
      id,
      ports: running.ports,
      ...(running.version === undefined ? {} : { version: running.version }),
      status,
      registeredAt: this.#environment.registry.get(id)?.registeredAt ?? now,
      now,
    });
  }

  #endpointId(running: RunningService): string {
    return `${this.#environment.info.key}/${idOf(running)}`;
  }
}

function idOf(running: RunningService): string {
  return `${running.service.name}-${running.replica}`;
}
