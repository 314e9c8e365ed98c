import { noTelemetry, type Telemetry, timerMs } from '../model/index.js';
import { type Check, runBounded } from './bounded.js';
import { HealthTelemetry } from './health-telemetry.js';
import { reasonOf } from './reason.js';
import { notReady, type ProbeResult } from './target.js';

/** How a target is checked; durations in milliseconds. */
export interface MonitorOptions {
  /** Pause between the end of one check and the start of the next. Default 5000. */
  readonly intervalMs?: number;
  /** How long one check may take. Default 2000. */
  readonly timeoutMs?: number;
  /** So many failed checks in a row make a healthy target unhealthy. Default 2. */
  readonly failureThreshold?: number;
  /** So many passed checks in a row make an unhealthy target healthy. Default 1. */
  readonly successThreshold?: number;
}

/** What a monitor is made with: how its targets are checked unless they say otherwise, and who is told of the checks. */
export interface HealthMonitorOptions extends MonitorOptions {
  /** Default: nobody. */
  readonly telemetry?: Telemetry;
}

/** How one target is checked. */
export interface TargetOptions extends MonitorOptions {
  /** Name of the service that the target is an instance of, for the metrics. Default: the target's id. */
  readonly service?: string;
  /** What the target counts as until its checks say otherwise. Default true. */
  readonly healthy?: boolean;
}

/** A target changed its health; `reason` says why it is unhealthy. */
export interface HealthChange {
  readonly id: string;
  readonly healthy: boolean;
  readonly reason?: string;
}

interface Target {
  readonly id: string;
  readonly service: string;
  readonly check: Check;
  readonly options: Required<MonitorOptions>;
  readonly controller: AbortController;
  healthy: boolean;
  /** Checks in a row that spoke against `healthy`. */
  against: number;
  timer?: NodeJS.Timeout;
}

/**
 * Goes on checking targets, each in a rhythm of its own, so that a hanging check delays no other. Its timers do not
 * keep the process alive.
 */
export class HealthMonitor {
  readonly #defaults: Required<MonitorOptions>;
  readonly #telemetry: HealthTelemetry;
  readonly #targets = new Map<string, Target>();
  readonly #listeners = new Set<(change: HealthChange) => void>();

  constructor(options: HealthMonitorOptions = {}) {
    const { intervalMs = 5000, timeoutMs = 2000, failureThreshold = 2, successThreshold = 1 } = options;
    this.#defaults = { intervalMs, timeoutMs, failureThreshold, successThreshold };
    this.#telemetry = new HealthTelemetry((options.telemetry ?? noTelemetry).metrics);
  }

  /** Begins to check a target, first after one interval; replaces a target of the same id. */
  add(id: string, check: Check, options: TargetOptions = {}): void {
    this.remove(id);
    const { healthy = true, service = id, ...rest } = options;
    const controller = new AbortController();
    const settings = { ...this.#defaults, ...rest };
    const target: Target = { id, service, check, options: settings, controller, healthy, against: 0 };
    this.#targets.set(id, target);
    if (!healthy) this.#telemetry.unhealthy(service, 1);
    this.#schedule(target);
  }

  /** Ends the checks of a target; does nothing when there is none. */
  remove(id: string): void {
    const target = this.#targets.get(id);
    if (target === undefined) return;
    this.#targets.delete(id);
    clearTimeout(target.timer);
    target.controller.abort(new Error('removed'));
    if (!target.healthy) this.#telemetry.unhealthy(target.service, -1);
  }

  /** Checks a target now, besides its rhythm. */
  async checkNow(id: string): Promise<void> {
    const target = this.#targets.get(id);
    if (target !== undefined) await this.#check(target);
  }

  /** Tells whether a target is healthy; `undefined` when it is not registered. */
  isHealthy(id: string): boolean | undefined {
    return this.#targets.get(id)?.healthy;
  }

  /** Calls the listener for every later change; the function given back ends that. */
  subscribe(listener: (change: HealthChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends all checks. */
  close(): void {
    for (const id of [...this.#targets.keys()]) this.remove(id);
    this.#listeners.clear();
  }

  #schedule(target: Target): void {
    target.timer = setTimeout(async () => {
      await this.#check(target);
      if (this.#targets.get(target.id) === target) this.#schedule(target);
    }, timerMs(target.options.intervalMs)).unref();
  }

  async #check(target: Target): Promise<void> {
    const { signal } = target.controller;
    const result = await runBounded(target.check, target.options.timeoutMs, signal).catch((error) =>
      notReady(reasonOf(error)),
    );
    if (signal.aborted) return;
    this.#telemetry.checked(target.service, result.ok);
    this.#judge(target, result);
  }

  #judge(target: Target, result: ProbeResult): void {
    target.against = result.ok === target.healthy ? 0 : target.against + 1;
    const { failureThreshold, successThreshold } = target.options;
    if (target.against === 0 || target.against < (target.healthy ? failureThreshold : successThreshold)) return;
    target.healthy = result.ok;
    target.against = 0;
    this.#telemetry.unhealthy(target.service, result.ok ? -1 : 1);
    const change = { id: target.id, healthy: result.ok, ...(result.ok ? {} : { reason: result.reason }) };
    for (const listener of [...this.#listeners]) listener(change);
  }
}
