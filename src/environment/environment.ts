import {
  type EnvironmentInfo,
  type EnvironmentPlan,
  type EnvironmentState,
  type EventLog,
  type Frame,
  knownServices,
  type LeaseDocument,
  noTelemetry,
  PortsideError,
  type ServicePhase,
  type ServiceProgress,
  type Telemetry,
} from '../model/index.js';
import { observeRegistry, ServiceRegistry } from '../registry/index.js';
import type { LogLine, LogOptions, RunningService, Runtime } from '../runtime/index.js';
import { defaultIsolation } from './leases/kinds.js';
import type { Leases } from './leases/leases.js';
import { mergeLogs } from './logs.js';
import { Steps } from './steps.js';
import type { Supervisor } from './supervisor.js';

/** What an environment is made with. */
export interface EnvironmentOptions {
  readonly info: EnvironmentInfo;
  readonly plan: EnvironmentPlan;
  /** Gives the time in milliseconds since 1970. */
  readonly now: () => number;
  /** The host's environment variables, for migrations. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Takes what leases have to say that nobody waits for. */
  readonly log?: EventLog;
  /** Told of registrations and health checks. Default: nobody is. */
  readonly telemetry?: Telemetry;
}

/**
 * One running environment: it starts the plan's services on a runtime, registers their addresses, keeps their health true,
 * and stops them. Whoever follows it gets frames: a snapshot, then every change.
 */
export class Environment {
  readonly registry: ServiceRegistry;
  readonly plan: EnvironmentPlan;
  readonly info: EnvironmentInfo;
  readonly #now: () => number;
  readonly #hostEnvironment: Readonly<Record<string, string | undefined>>;
  readonly #log: EventLog;
  readonly #telemetry: Telemetry;
  readonly #startedAt: number;
  readonly #steps = new Steps();
  readonly #running = new Map<string, RunningService>();
  readonly #listeners = new Set<(frame: Frame) => void>();
  readonly #stopping = new AbortController();
  #state: EnvironmentState = { state: 'starting' };
  #runtime: Runtime | undefined;
  #supervisor: Supervisor | undefined;
  #leases: Leases | undefined;
  #stopped: Promise<void> | undefined;

  constructor({ info, plan, now, environment = {}, log = () => {}, telemetry = noTelemetry }: EnvironmentOptions) {
    this.#log = log;
    this.#telemetry = telemetry;
    this.#hostEnvironment = environment;
    this.info = info;
    this.plan = plan;
    this.#now = now;
    this.#startedAt = now();
    this.registry = new ServiceRegistry({ now });
    this.registry.subscribe((event) => this.#emit({ type: 'event', event }));
    observeRegistry(this.registry, telemetry);
    for (const { name } of plan.services) this.report(name, 'waiting');
  }

  get state(): EnvironmentState {
    return this.#state;
  }

  get progress(): readonly ServiceProgress[] {
    return this.#steps.latest();
  }

  /** Everything as it stands now, for whoever begins to follow; in the middle of a start also the steps that led there, in their order. */
  snapshot(): Frame {
    return {
      type: 'snapshot',
      environment: this.info,
      state: this.#state,
      registry: this.registry.snapshot(),
      progress: this.#state.state === 'starting' ? this.#steps.all() : this.progress,
    };
  }

  /** Calls the listener with every later frame; the function given back ends that. */
  subscribe(listener: (frame: Frame) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Every lease, and what is waited for. */
  get leaseDocuments(): readonly LeaseDocument[] {
    return this.#leases?.list() ?? [];
  }

  /** Gives the leases, which begin when every service is ready. Errors: the one that the start failed with, `ENVIRONMENT_STOPPED`. */
  async leases(): Promise<Leases> {
    if (this.#state.state === 'starting') await this.#started();
    if (this.#state.state === 'failed') throw PortsideError.fromJSON(this.#state.error);
    if (this.#state.state === 'ready' && this.#leases !== undefined) return this.#leases;
    throw new PortsideError('ENVIRONMENT_STOPPED', `Cannot lease from '${this.info.project}': it was stopped.`);
  }

  #started(): Promise<void> {
    return new Promise<void>((resolve) => {
      const check = (): void => {
        if (this.#state.state === 'starting') return;
        unsubscribe();
        resolve();
      };
      const unsubscribe = this.subscribe(check);
      check();
    });
  }

  /** Ends the leases of a session that has closed. */
  async endSession(id: string): Promise<void> {
    await this.#leases?.releaseSession(id);
  }

  /** Records a step of a service. Reports of the runtime come in here as well; those of leased copies are nobody's business. */
  report(service: string, phase: ServicePhase, detail?: string): void {
    const planned = this.plan.services.find(({ name }) => name === service);
    if (planned === undefined) return;
    const { kind } = planned.definition;
    const isolation = defaultIsolation(planned);
    const progress = {
      service,
      kind,
      ...(isolation === undefined ? {} : { isolation }),
      phase,
      elapsedMs: this.#now() - this.#startedAt,
      ...(detail === undefined ? {} : { detail }),
    };
    this.#steps.note(progress);
    this.#emit({ type: 'progress', progress });
  }

  /**
   * Starts every service on the runtime and waits until each is ready. A failed start removes what it made before it rejects
   * (D6); the error names the service, and stands in the state `failed` as well. May be called once.
   */
  async start(runtime: Runtime): Promise<void> {
    this.#runtime = runtime;
    try {
      // Loaded only now: what only reads or plans an environment needs no probes.
      const [{ Supervisor }, { startServices }, { settle }, { createLeases }] = await Promise.all([
        import('./supervisor.js'),
        import('./start.js'),
        import('./settle.js'),
        import('./leases/create.js'),
      ]);
      this.#stopping.signal.throwIfAborted();
      const supervisor = new Supervisor({
        environment: this,
        runtime,
        running: this.#running,
        now: this.#now,
        telemetry: this.#telemetry,
        onRestarted: async (name, signal) => {
          const service = this.plan.services.find((planned) => planned.name === name);
          const context = { environment: this, runtime, hostEnvironment: this.#hostEnvironment, signal };
          if (service !== undefined && this.#leases !== undefined)
            await settle(service, { ...context, leases: this.#leases });
        },
      });
      this.#supervisor = supervisor;
      const leases = createLeases({ environment: this, runtime, supervisor, now: this.#now, log: this.#log });
      this.#leases = leases;
      const stopping = this.#stopping.signal;
      await startServices({
        environment: this,
        runtime,
        supervisor,
        leases,
        hostEnvironment: this.#hostEnvironment,
        stopping,
        now: this.#now,
      });
      this.#stopping.signal.throwIfAborted();
      supervisor.watchHealth();
      this.#setState({ state: 'ready' });
    } catch (error) {
      if (this.#stopping.signal.aborted) {
        // Stopped before it had a runtime to stop.
        await runtime.stop();
        throw this.#stopping.signal.reason;
      }
      throw await this.fail(error);
    }
  }

  /** Removes everything, then says to all followers why; gives the error that they see. */
  async fail(cause: unknown): Promise<PortsideError> {
    const failure = PortsideError.is(cause) ? cause : unexpected(cause);
    const rollback = await this.#clear().then(
      () => undefined,
      (error: unknown) => (PortsideError.is(error) ? error : unexpected(error)),
    );
    const error =
      rollback === undefined
        ? failure
        : new PortsideError(failure.code, failure.message, {
            ...(failure.hint === undefined ? {} : { hint: failure.hint }),
            ...(failure.service === undefined ? {} : { service: failure.service }),
            logs: failure.logs,
            cause: failure,
            errors: [...(failure.errors.length > 0 ? failure.errors : [failure]), rollback],
          });
    this.#setState({ state: 'failed', error: error.toJSON() });
    return error;
  }

  /** Ends and removes every service; may be called at any time, and more than once. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Gives the log lines of one service, or of all. Errors: `DISCOVERY_UNKNOWN_SERVICE`. */
  logs(options: LogOptions & { readonly service?: string }): AsyncIterable<LogLine> {
    if (options.service !== undefined && !this.#steps.has(options.service)) {
      throw new PortsideError(
        'DISCOVERY_UNKNOWN_SERVICE',
        `Cannot show the logs of '${options.service}': the environment has no such service.`,
        {
          hint: knownServices(
            options.service,
            this.progress.map((step) => step.service),
          ),
          service: options.service,
        },
      );
    }
    const running = [...this.#running.values()].filter(
      ({ service }) => options.service === undefined || service.name === options.service,
    );
    return mergeLogs(this.#runtime === undefined ? [] : running.map((one) => this.#runtime?.logs(one, options) ?? []));
  }

  async #stop(): Promise<void> {
    if (this.#state.state !== 'failed') this.#setState({ state: 'stopping' });
    this.#stopping.abort(
      new PortsideError('ENVIRONMENT_STOPPED', `Cannot start the environment '${this.info.project}': it was stopped.`),
    );
    await this.#clear();
    if (this.#state.state !== 'failed') this.#setState({ state: 'stopped' });
  }

  async #clear(): Promise<void> {
    this.#supervisor?.close();
    // What was leased lives in what the runtime removes.
    await Promise.all([this.#leases?.close(), this.#runtime?.stop()]);
    for (const endpoint of this.registry.list()) this.registry.deregister(endpoint.id);
  }

  #setState(state: EnvironmentState): void {
    this.#state = state;
    this.#emit({ type: 'state', state });
  }

  #emit(frame: Frame): void {
    for (const listener of [...this.#listeners]) listener(frame);
  }
}

function unexpected(error: unknown): PortsideError {
  const message = error instanceof Error ? error.message : String(error);
  return new PortsideError('INTERNAL', `Cannot go on with the environment: ${message}`, {
    cause: error,
  });
}
