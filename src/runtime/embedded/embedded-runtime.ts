import { join } from 'node:path';
import { type PlannedService, PortsideError, unlessAborted, withSignals } from '../../model/index.js';
import { noHealthCheck } from '../no-health-check.js';
import type {
  ExitInfo,
  LogLine,
  LogOptions,
  RunningService,
  Runtime,
  RuntimeEvent,
  RuntimeOptions,
} from '../runtime.js';
import { baseEnvironment } from './base-environment.js';
import { copyForm, planName } from './copy.js';
import { makeDataFolder, removeDataFolder, temporaryFolder } from './data-folder.js';
import { commandFor } from './exec.js';
import { leftBehind, notRunning } from './failures.js';
import type { Form } from './form.js';
import { explainLate } from './late.js';
import { PortTable } from './port-table.js';
import { KeptClusters } from './postgres/kept-clusters.js';
import { type RunResult, runCommand } from './process/run.js';
import { killAllOf } from './process/tree.js';
import { Replica } from './replica.js';
import { RunRecord } from './run-record.js';
import { serviceContext } from './service-context.js';
import { type Wiring, wire } from './wiring.js';

interface Addressed {
  readonly promise: Promise<void>;
  resolve(): void;
}

/** Runs the services of a plan as programs of this host (D8). */
export class EmbeddedRuntime implements Runtime {
  readonly name = 'embedded';
  readonly addressing = 'host';
  readonly #options: RuntimeOptions;
  readonly #forms: ReadonlyMap<string, Form>;
  readonly #wiring: Wiring;
  readonly #record: RunRecord;
  readonly #ports: PortTable;
  readonly #kept: KeptClusters;
  readonly #base: Readonly<Record<string, string>>;
  readonly #listeners = new Set<(event: RuntimeEvent) => void>();
  readonly #replicas = new Map<string, Replica>();
  readonly #starting = new Set<Promise<unknown>>();
  /** For each service the moment from which its first address is final; it comes also when its start failed. */
  readonly #addressed = new Map<string, Addressed>();
  readonly #stopping = new AbortController();
  #dataFolder: string | undefined;
  #prepared: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: RuntimeOptions, forms: ReadonlyMap<string, Form>) {
    const { plan, owner, stateFolder, environment } = options;
    this.#options = options;
    this.#forms = forms;
    this.#wiring = wire(plan, forms);
    this.#record = new RunRecord(stateFolder, owner.instance);
    this.#ports = new PortTable(options);
    this.#kept = new KeptClusters(options);
    this.#base = baseEnvironment(environment, owner.instance);
    for (const { name } of plan.services) this.#addressed.set(name, addressed());
  }

  prepare(signal: AbortSignal): Promise<void> {
    this.#prepared ??= withSignals([signal, this.#stopping.signal], (either) => this.#prepare(either));
    const prepared = this.#prepared;
    const settled = prepared.catch(() => undefined);
    this.#starting.add(settled);
    void settled.then(() => this.#starting.delete(settled));
    return prepared;
  }

  async #prepare(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { owner, plan, stateFolder } = this.#options;
    const shared = process.getuid?.() === 0 && [...this.#forms.values()].some(({ type }) => type === 'postgres');
    this.#dataFolder = makeDataFolder({ stateFolder, temporary: this.#temporary, shared }, owner);
    this.#record.begin({ owner, dataFolder: this.#dataFolder });
    const replicas = plan.services.flatMap((planned) =>
      Array.from({ length: planned.definition.replicas }, (_, index) => ({ planned, replica: index + 1 })),
    );
    await Promise.all(replicas.map(({ planned, replica }) => this.#reserve(planned, replica, signal)));
  }

  async provide(): Promise<void> {}

  async start(
    service: PlannedService,
    replica: number,
    environment: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<RunningService> {
    const start = withSignals([signal, this.#stopping.signal], (either) =>
      this.#start(service, replica, environment, either),
    );
    const settled = start.then(
      () => this.#addressed.get(service.name)?.resolve(),
      () => this.#addressed.get(service.name)?.resolve(),
    );
    this.#starting.add(settled);
    void settled.then(() => this.#starting.delete(settled));
    return start;
  }

  snapshotOf(service: string): { readonly key: string; readonly used: boolean } | undefined {
    return this.#kept.snapshotOf(service);
  }

  unkept(): ReadonlyMap<string, PlannedService> {
    return this.#kept.unkept();
  }

  keep(service: string, signal: AbortSignal): Promise<void> {
    return withSignals([signal, this.#stopping.signal], (either) => this.#kept.keep(service, either));
  }

  subscribe(listener: (event: RuntimeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async exit(running: RunningService, signal: AbortSignal): Promise<ExitInfo> {
    const exited = this.#find(running)?.exited();
    if (exited === undefined) throw notRunning(running.service.name);
    return unlessAborted(exited, signal);
  }

  async restart(running: RunningService, files: Readonly<Record<string, Buffer>>, signal: AbortSignal): Promise<void> {
    const replica = this.#find(running);
    if (replica === undefined) throw notRunning(running.service.name);
    await withSignals([signal, this.#stopping.signal], (either) => replica.restart(files, either));
  }

  async exec(running: RunningService, command: readonly string[], signal: AbortSignal): Promise<RunResult> {
    const replica = this.#find(running);
    if (replica === undefined) throw notRunning(running.service.name);
    const { words, cwd, env } = commandFor(command, replica.options.form, replica.options.context);
    return runCommand(words, { cwd, env, signal });
  }

  async *logs(running: RunningService, options: LogOptions): AsyncIterable<LogLine> {
    const { service, replica } = running;
    const output = this.#find(running)?.options.context.output;
    if (output === undefined) return;
    for await (const line of output.read(options)) yield { service: service.name, replica, ...line };
  }

  async remove(running: RunningService): Promise<void> {
    await this.#end(keyOf(running.service.name, running.replica));
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #start(
    planned: PlannedService,
    number: number,
    computed: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<RunningService> {
    signal.throwIfAborted();
    if (planned.readiness.some(({ type }) => type === 'engine')) throw noHealthCheck(planned);
    const key = keyOf(planned.name, number);
    const form = this.#formOf(planned);
    const waits = [...this.#wiring.waitsFor(planName(planned))].map((name) => this.#addressed.get(name)?.promise);
    await unlessAborted(Promise.all(waits), signal);
    // Its ports were given up when it was removed before.
    if (this.#ports.all(planned.name, number).length === 0) await this.#reserve(planned, number, signal);
    const replica = this.#makeReplica(planned, number, form, computed, signal);
    this.#replicas.set(key, replica);
    try {
      const running = await replica.start();
      signal.throwIfAborted();
      void replica.exited()?.then((exit) => {
        this.#record.removeProgram(key);
        if (!replica.ending) this.#emit({ type: 'exited', running, exit });
      });
      return running;
    } catch (error) {
      const explained = explainLate(error, signal, planned, replica.options.context.output);
      await this.#end(key);
      throw explained;
    }
  }

  #reserve(planned: PlannedService, replica: number, signal: AbortSignal): Promise<void> {
    return this.#ports.reserve(planned, replica, this.#wiring.targets(planName(planned)), signal);
  }

  #formOf(planned: PlannedService): Form {
    const { plan, environment } = this.#options;
    const form = this.#forms.get(planName(planned));
    if (form === undefined) throw notRunning(planned.name);
    return planned.copy === undefined ? form : copyForm(form, planned, plan, environment);
  }

  #makeReplica(
    planned: PlannedService,
    number: number,
    form: Form,
    computed: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Replica {
    const { name, copy } = planned;
    const { plan, stateFolder, onProgress } = this.#options;
    const key = keyOf(name, number);
    if (this.#dataFolder === undefined) throw notRunning(name);
    const run = {
      plan,
      wiring: this.#wiring,
      ports: this.#ports,
      dataFolder: this.#dataFolder,
      temporary: this.#temporary,
      cache: join(stateFolder, 'cache'),
      kept: this.#kept,
      base: this.#base,
    };
    const logFile = this.#record.logFile(key);
    const context = serviceContext(run, { planned, replica: number, logFile, computed, signal });
    return new Replica({
      planned,
      replica: number,
      form,
      context,
      ports: {
        all: () => this.#ports.all(name, number),
        replace: () => this.#ports.replace(name, number, signal),
        release: () => this.#ports.release(name, number),
        bound: () => this.#ports.bound(planned, number),
      },
      onProgram: ({ pid }, signal) => this.#record.addProgram(key, name, pid, signal),
      onProgress: (detail) => copy === undefined && onProgress(name, 'starting', detail),
    });
  }

  async #stop(): Promise<void> {
    const { owner, plan } = this.#options;
    this.#stopping.abort(
      new PortsideError('ENVIRONMENT_STOPPED', `Cannot start '${plan.definition.project}': it is being stopped.`),
    );
    await Promise.all(this.#starting);
    // Programs of the project's own first: they would complain about the loss of their servers.
    const isServer = ({ options }: Replica) => options.form.type !== 'process';
    const groups = [[...this.#replicas].filter(([, one]) => !isServer(one)), [...this.#replicas]];
    const failures: unknown[] = [];
    const attempt = (work: Promise<unknown>) => work.catch((error: unknown) => failures.push(error));
    for (const group of groups) await Promise.all(group.map(([key]) => attempt(this.#end(key))));
    if (this.#dataFolder !== undefined) killAllOf(owner.instance, this.#dataFolder);
    await attempt(this.#ports.close());
    if (this.#dataFolder !== undefined) await attempt(removeDataFolder(this.#dataFolder));
    if (failures.length === 0) this.#record.remove();
    else throw leftBehind(plan.definition.project, failures);
  }

  async #end(key: string): Promise<void> {
    const replica = this.#replicas.get(key);
    if (replica === undefined) return;
    await replica.end();
    this.#record.removeProgram(key);
    if (replica.options.planned.copy !== undefined) this.#record.removeLog(key);
    this.#replicas.delete(key);
  }

  #find(running: RunningService): Replica | undefined {
    return this.#replicas.get(keyOf(running.service.name, running.replica));
  }

  #emit(event: RuntimeEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  get #temporary(): string {
    return temporaryFolder(this.#options.environment);
  }
}

function keyOf(service: string, replica: number): string {
  return `${service}-${replica}`;
}

function addressed(): Addressed {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
