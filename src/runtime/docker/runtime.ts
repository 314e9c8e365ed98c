import { type PlannedService, PortsideError, withSignals } from '../../model/index.js';
import type {
  ExitInfo,
  LogLine,
  LogOptions,
  RunningService,
  Runtime,
  RuntimeEvent,
  RuntimeOptions,
} from '../runtime.js';
import { AdvertisedPorts } from './advertised-ports.js';
import { ContainerMaker } from './container-maker.js';
import type { DockerContext } from './context.js';
import type { Engine } from './engine.js';
import { engineFailed } from './engine-error.js';
import { EngineEvents } from './events.js';
import { execIn } from './exec.js';
import { startForeign } from './foreign.js';
import { removeGrants } from './grant-files.js';
import { Images } from './image.js';
import { KeptData } from './kept-data.js';
import { ownerLabels } from './labels.js';
import { readLogs } from './logs.js';
import { MadeAhead } from './made-ahead.js';
import { createNetworks, removeNetworks } from './networks.js';
import { type ContainerRecord, ContainerRecords } from './records.js';
import { removeContainer } from './remove.js';
import { renewRecord } from './renew.js';
import { startContainer } from './start.js';
import { StartTurns } from './start-turns.js';
import { createVolumes, removeVolumes } from './volumes.js';

/** Runs one environment in a Docker engine. */
export class DockerRuntime implements Runtime {
  readonly name = 'docker';
  readonly addressing = 'network';
  readonly #context: DockerContext;
  readonly #images: Images;
  readonly #ahead: MadeAhead;
  readonly #events: EngineEvents;
  readonly #stopping = new AbortController();
  /** Requests under way that make something: `stop` waits for them, so that nothing is made behind its back. */
  readonly #making = new Set<Promise<unknown>>();
  #prepared: Promise<void> | undefined;
  #volumes: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(engine: Engine, options: RuntimeOptions) {
    const { definition } = options.plan;
    const context = {
      ...options,
      engine,
      definition,
      records: new ContainerRecords(),
      advertisedPorts: new AdvertisedPorts(options),
      turns: new StartTurns(engine.local),
      networks: new Map(),
      volumes: new Map(),
      labels: ownerLabels(options.owner, definition.project),
      stopping: this.#stopping.signal,
    };
    this.#context = { ...context, kept: new KeptData(context) };
    this.#images = new Images(this.#context);
    this.#ahead = new MadeAhead(this.#context, this.#images);
    this.#events = new EngineEvents(engine, options.owner.instance, this.#context.records, (record, info) =>
      renewRecord(this.#context, record, info),
    );
  }

  prepare(signal: AbortSignal): Promise<void> {
    this.#prepared ??= this.#make(async () => {
      this.#volumes = createVolumes(this.#context);
      const parts = [this.#openEvents(), createNetworks(this.#context), this.#volumes];
      // All must have ended before anything is thrown: what was made is then known, and `stop` removes it.
      for (const result of await Promise.allSettled(parts)) if (result.status === 'rejected') throw result.reason;
    });
    return this.#prepared.then(() => signal.throwIfAborted());
  }

  provide(service: PlannedService, signal: AbortSignal): Promise<void> {
    if (service.definition.foreign !== undefined) return Promise.resolve();
    return this.#make(() =>
      withSignals([signal, this.#stopping.signal], async (either) => {
        await this.#images.ensure(service, either);
        await this.#volumes;
        await this.#ahead.make(service, either);
      }),
    );
  }

  start(
    service: PlannedService,
    replica: number,
    environment: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<RunningService> {
    const started = this.#make(() =>
      withSignals([signal, this.#stopping.signal], (either) => this.#start(service, replica, environment, either)),
    );
    // No other copy ever has its name, so nobody would give its ports up.
    if (service.copy !== undefined) {
      started.catch(() => this.#context.advertisedPorts.release(service.name, replica));
    }
    return started;
  }

  snapshotOf(service: string): { readonly key: string; readonly used: boolean } | undefined {
    return this.#context.kept.snapshotOf(service);
  }

  unkept(): ReadonlyMap<string, PlannedService> {
    return this.#context.kept.unkept();
  }

  keep(service: string, signal: AbortSignal): Promise<void> {
    return this.#make(() => this.#context.kept.keep(service, signal));
  }

  subscribe(listener: (event: RuntimeEvent) => void): () => void {
    return this.#context.records.subscribe(listener);
  }

  async exit(running: RunningService, signal: AbortSignal): Promise<ExitInfo> {
    const record = this.#record(running, 'wait for the end of');
    return this.#context.records.waitFor(() => record.exit, signal);
  }

  async exec(
    running: RunningService,
    command: readonly string[],
    signal: AbortSignal,
  ): Promise<{ exitCode: number; output: string }> {
    const record = this.#record(running, 'run a command in');
    try {
      return await execIn(this.#context.engine.client, record.id, { command }, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw engineFailed(`run \`${command.join(' ')}\` in the service '${running.service.name}'`, error, {
        service: running.service.name,
      });
    }
  }

  async *logs(running: RunningService, options: LogOptions): AsyncGenerator<LogLine> {
    const { records, engine } = this.#context;
    const record = records.get(running.id);
    if (record !== undefined) yield* readLogs(engine.client, records, record, options);
  }

  async remove(running: RunningService): Promise<void> {
    const record = this.#context.records.get(running.id);
    if (record !== undefined) await removeContainer(this.#context, record);
    this.#context.advertisedPorts.release(running.service.name, running.replica);
  }

  stop(): Promise<void> {
    // A stop that failed may be tried again.
    this.#stopped ??= this.#stop().catch((error: unknown) => {
      this.#stopped = undefined;
      throw error;
    });
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort(stoppedError());
    const { records } = this.#context;
    // What runs goes while the last requests are still under way; whatever is left then, goes next.
    const running = records.all().filter((record) => record.running !== undefined);
    await Promise.allSettled([...running.map((record) => removeContainer(this.#context, record)), ...this.#making]);
    const failures: PortsideError[] = [];
    const remove = (record: ContainerRecord) =>
      removeContainer(this.#context, record).catch((error: unknown) => {
        failures.push(engineFailed(`remove the container '${record.name}'`, error));
      });
    await Promise.all(records.all().map(remove));
    failures.push(...(await Promise.all([removeNetworks(this.#context), removeVolumes(this.#context)])).flat());
    const [first] = failures;
    if (first !== undefined) {
      const { project } = this.#context.definition;
      const reasons = failures.map(({ message }) => message.replace(/\.$/, '')).join('; ');
      throw new PortsideError(first.code, `Cannot remove everything of '${project}': ${reasons}.`, {
        hint: 'Run `portside sweep`, which removes what is left as soon as nothing keeps it.',
        errors: failures,
      });
    }
    await this.#context.advertisedPorts.close();
    await removeGrants(this.#context.stateFolder, this.#context.owner.instance);
    this.#events.close();
    this.#context.engine.close();
  }

  async #start(
    service: PlannedService,
    replica: number,
    environment: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<RunningService> {
    const context = this.#context;
    const { foreign } = service.definition;
    if (foreign !== undefined) return startForeign(context, service, foreign, replica, environment, signal);
    const ahead = await this.#ahead.take(service, replica);
    const maker =
      ahead?.maker ?? (await ContainerMaker.of(context, this.#images, service, replica, environment, signal));
    return startContainer(context, maker, ahead?.made, signal);
  }

  #openEvents(): Promise<void> {
    return this.#events.open().catch((error: unknown) => {
      throw engineFailed('watch the events of the engine', error);
    });
  }

  #make<T>(work: () => Promise<T>): Promise<T> {
    if (this.#stopping.signal.aborted) return Promise.reject(stoppedError());
    const promise = work();
    this.#making.add(promise);
    const done = () => this.#making.delete(promise);
    promise.then(done, done);
    return promise;
  }

  #record(running: RunningService, what: string): ContainerRecord {
    const record = this.#context.records.get(running.id);
    if (record !== undefined) return record;
    const { name } = running.service;
    throw new PortsideError('ENGINE_FAILED', `Cannot ${what} the service '${name}': its container was removed.`, {
      hint: 'Something other than portside removed it (`docker rm`, a prune). Start the environment again.',
      service: name,
    });
  }
}

function stoppedError(): PortsideError {
  return new PortsideError('ENVIRONMENT_STOPPED', 'Cannot start services: the environment is being stopped.');
}
