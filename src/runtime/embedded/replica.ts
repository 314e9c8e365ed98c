import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PlannedService, PortsideError } from '../../model/index.js';
import type { ExitInfo, RunningService } from '../runtime.js';
import { removeFolder } from './data-folder.js';
import type { Form } from './form.js';
import { KindLauncher } from './kind/launcher.js';
import type { Launcher, ServiceContext } from './launcher.js';
import { PostgresLauncher } from './postgres/launcher.js';
import { ProcessLauncher } from './process/launcher.js';
import type { Program } from './process/program.js';
import { RedisLauncher } from './redis/launcher.js';

/** What a replica asks of its runtime. */
export interface ReplicaPorts {
  /** The ports as they are now. */
  all(): readonly number[];
  replace(): Promise<void>;
  release(): void;
  bound(): RunningService['ports'];
}

/** What a replica is made with. */
export interface ReplicaOptions {
  readonly planned: PlannedService;
  readonly replica: number;
  readonly form: Form;
  readonly context: ServiceContext;
  readonly ports: ReplicaPorts;
  /** Called when a program was started, before anything else is done with it; the signal is the one that ends it. */
  readonly onProgram: (program: Program, signal: NodeJS.Signals) => void;
  readonly onProgress: (detail: string) => void;
}

/** So many times a program whose port turns out to be taken is started again on another one. */
const maxRetries = 5;

/** One running copy of a service: starts its program, with another port when that is taken, and ends it. */
export class Replica {
  readonly options: ReplicaOptions;
  readonly #programs = new Set<Program>();
  #launcher: Launcher | undefined;
  #program: Program | undefined;
  #exited: Promise<ExitInfo> | undefined;
  #onExit: (exit: ExitInfo) => void = () => {};
  #restarted: Promise<void> = Promise.resolve();
  #ended: Promise<void> | undefined;
  #ending = false;

  constructor(options: ReplicaOptions) {
    this.options = options;
  }

  /** Whether the program is being ended by us. */
  get ending(): boolean {
    return this.#ending;
  }

  /** Starts the program. Throws `PORT_UNAVAILABLE` when port after port is taken, `SERVICE_START_FAILED` when there is no such program. */
  async start(): Promise<RunningService> {
    const { planned, replica, ports, context, onProgress } = this.options;
    mkdirSync(context.folder, { recursive: true, mode: 0o700 });
    const launcher = this.#makeLauncher();
    this.#launcher = launcher;
    for (let retries = 0; ; retries++) {
      const tried = ports.all();
      onProgress(tried.length === 0 ? 'without a port' : `on port ${tried.join(', ')}`);
      const launch = await launcher.launch().catch((error) => {
        throw this.#explain(error);
      });
      if (!launch.taken) {
        this.#exited = new Promise((resolve) => {
          this.#onExit = resolve;
        });
        this.#watch(launch.program);
        return {
          service: planned,
          replica,
          id: `pid:${launch.program.pid}`,
          ports: ports.bound(),
          ...(launch.version === undefined ? {} : { version: launch.version }),
        };
      }
      if (retries === maxRetries) throw noPort(planned.name, tried);
      await ports.replace();
    }
  }

  /** Resolves when the program has ended for the first time, other than by a restart. */
  exited(): Promise<ExitInfo> | undefined {
    return this.#exited;
  }

  /**
   * Kills the program, or finds it ended, and starts another one at the same address, in a folder that has the files and nothing else.
   * Throws `PORT_UNAVAILABLE` when somebody else has taken the port meanwhile.
   */
  restart(files: Readonly<Record<string, Buffer>>, signal: AbortSignal): Promise<void> {
    const restarted = this.#restarted.then(() => this.#restart(files, signal));
    this.#restarted = restarted.catch(() => undefined);
    return restarted;
  }

  async #restart(files: Readonly<Record<string, Buffer>>, signal: AbortSignal): Promise<void> {
    const { planned, context, ports } = this.options;
    if (this.#ending) return;
    this.#program = undefined;
    await this.#endPrograms('SIGKILL', 0);
    await removeFolder(context.folder);
    mkdirSync(context.folder, { recursive: true, mode: 0o700 });
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(context.folder, name), content, { mode: 0o600 });
    }
    const launch = await this.#makeLauncher(signal).launch();
    if (launch.taken) throw noPort(planned.name, ports.all());
    this.#watch(launch.program);
  }

  #watch(program: Program): void {
    this.#program = program;
    void program.exited.then((exit) => this.#program === program && this.#onExit(exit));
  }

  /** Ends the program, and removes the data; may be called at any time, and twice. */
  end(): Promise<void> {
    this.#ending = true;
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    await this.#restarted;
    const { signal, graceMs } = this.#farewell();
    await this.#endPrograms(signal, graceMs);
    this.options.context.output.close();
    await removeFolder(this.options.context.folder);
    this.options.ports.release();
  }

  async #endPrograms(signal: NodeJS.Signals, graceMs: number): Promise<void> {
    const programs = [...this.#programs];
    this.#programs.clear();
    await Promise.all(programs.map((program) => program.end(signal, graceMs)));
  }

  /** Nobody wants anything of a copy any more; only a server of Postgres leaves something behind when it is killed at once. */
  #farewell(): Launcher['ending'] {
    const { form, planned } = this.options;
    const isThrownAway = planned.copy !== undefined && form.type !== 'postgres';
    const killed = { signal: 'SIGKILL', graceMs: 0 } as const;
    return isThrownAway ? killed : (this.#launcher?.ending ?? killed);
  }

  #makeLauncher(signal = this.options.context.signal): Launcher {
    const { form, context, onProgram } = this.options;
    const started = (program: Program) => {
      this.#programs.add(program);
      onProgram(program, this.#farewell().signal);
    };
    const complete = { ...context, signal, started };
    switch (form.type) {
      case 'postgres':
        return new PostgresLauncher(form.programs, complete);
      case 'kind':
        return new KindLauncher(form, complete);
      case 'redis':
        return new RedisLauncher(form.program, complete);
      case 'process':
        return new ProcessLauncher(form.command, complete);
    }
  }

  #explain(error: unknown): unknown {
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (PortsideError.is(error) || this.options.context.signal.aborted || code === undefined) return error;
    const { planned, form } = this.options;
    const where = form.type === 'process' ? ` in ${form.command.cwd}` : '';
    return new PortsideError(
      'SERVICE_START_FAILED',
      `Cannot start service '${planned.name}': ${path ?? 'its program'} does not run${where}: ${message}.`,
      { service: planned.name, cause: error, hint: 'Check that the program is installed and that its folder exists.' },
    );
  }
}

function noPort(service: string, tried: readonly number[]): PortsideError {
  return new PortsideError(
    'PORT_UNAVAILABLE',
    `Cannot start service '${service}': it found its port taken ${maxRetries + 1} times. Current value is ${tried.join(', ')}.`,
    { service, hint: 'Check that it listens on the port that PORT names, and on no fixed one.' },
  );
}
