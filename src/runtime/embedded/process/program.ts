import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { identifyProcess, livenessOf } from '../../../model/index.js';
import type { ExitInfo } from '../../runtime.js';
import type { ServiceOutput } from './output.js';
import { descendantsOf, killTree, signalGroup } from './tree.js';

/** What a program is started with. */
export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whom to run as; absent: the same as this process. */
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
  readonly output: ServiceOutput;
}

/** How long output may still come after a program has ended: a child of it may hold the pipe open for good. */
const drainMs = 200;

/** A host program in a process group of its own. */
export class Program {
  readonly pid: number;
  /** Resolves when the program has ended and its output is in. */
  readonly exited: Promise<ExitInfo>;
  #exit: ExitInfo | undefined;

  private constructor(pid: number, exited: Promise<ExitInfo>) {
    this.pid = pid;
    this.exited = exited;
    void exited.then((exit) => {
      this.#exit = exit;
    });
  }

  /** Starts the program. Rejects with the system's error when there is no such program or it may not run. */
  static async start(options: ProgramOptions): Promise<Program> {
    const { command, args, cwd, env, account, output } = options;
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...account });
    const exited = exitOf(child);
    output.attach(child.stdout, 'stdout');
    output.attach(child.stderr, 'stderr');
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return new Program(child.pid ?? 0, exited);
  }

  /** How the program ended; `undefined` while it runs. */
  get exit(): ExitInfo | undefined {
    return this.#exit;
  }

  /** Ends the program and all its children: asks with a signal first, and after the grace time kills. */
  async end(signal: NodeJS.Signals, graceMs: number): Promise<void> {
    // What is killed at once is found then; what is asked first may lose its parent before it ends.
    const below = signal === 'SIGKILL' ? [] : descendantsOf(this.pid).map((pid) => identifyProcess(pid));
    if (signal !== 'SIGKILL' && this.#exit === undefined) {
      signalGroup(this.pid, signal);
      await this.#exitsWithin(graceMs);
    }
    killTree(this.pid);
    for (const child of below) if (livenessOf(child) === 'alive') killTree(child.pid);
    await this.exited;
  }

  async #exitsWithin(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([this.exited, timeout]);
    clearTimeout(timer);
  }
}

function exitOf(child: ChildProcess): Promise<ExitInfo> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const number = signal === null ? 0 : constants.signals[signal];
      const exit = { exitCode: code ?? 128 + number, oomKilled: false, ...(signal === null ? {} : { signal }) };
      const timer = setTimeout(() => resolve(exit), drainMs);
      child.once('close', () => {
        clearTimeout(timer);
        resolve(exit);
      });
    });
  });
}
