import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifyProcess, type ProcessIdentity } from '../../model/index.js';
import type { Owner } from '../runtime.js';

/** What a run says of itself: who owns it, and the folder with the data of its services. */
export interface RunHead {
  readonly owner: Owner;
  readonly dataFolder: string;
}

/** A program that a run has started. */
export interface RecordedProgram {
  readonly service: string;
  readonly process: ProcessIdentity;
  /** The signal that lets it clean up behind itself. */
  readonly signal: NodeJS.Signals;
}

/**
 * The folder of one run, `runs/<instance>` in the state folder: who owns the run, which programs it has started and what
 * these print. From it a sweep learns what to remove after the owner was killed.
 */
export class RunRecord {
  readonly folder: string;

  constructor(stateFolder: string, instance: string) {
    this.folder = join(stateFolder, 'runs', instance);
  }

  /** Gives the records of all runs of which something is left. */
  static all(stateFolder: string): RunRecord[] {
    const folder = join(stateFolder, 'runs');
    return existsSync(folder) ? readdirSync(folder).map((instance) => new RunRecord(stateFolder, instance)) : [];
  }

  /** Writes who owns the run; before anything of it is made. */
  begin(head: RunHead): void {
    // The folder appears with its first file in it, so that no sweep takes a beginning run for an abandoned one.
    const aside = `${this.folder}.new`;
    mkdirSync(join(aside, 'programs'), { recursive: true, mode: 0o700 });
    writeFileSync(join(aside, 'run.json'), JSON.stringify(head), { mode: 0o600 });
    renameSync(aside, this.folder);
  }

  /** Reads who owns the run; `undefined` when it has not begun or is gone. */
  head(): RunHead | undefined {
    return readJson(join(this.folder, 'run.json')) as RunHead | undefined;
  }

  /** Records a program that was started. */
  addProgram(name: string, service: string, pid: number, signal: NodeJS.Signals): void {
    const record: RecordedProgram = { service, process: identifyProcess(pid), signal };
    writeFileSync(this.#program(name), JSON.stringify(record), { mode: 0o600 });
  }

  /** Forgets a program that has ended. */
  removeProgram(name: string): void {
    rmSync(this.#program(name), { force: true });
  }

  /** Gives the programs that were not seen to end. */
  programs(): RecordedProgram[] {
    const folder = join(this.folder, 'programs');
    if (!existsSync(folder)) return [];
    return readdirSync(folder).flatMap((name) => {
      const record = readJson(join(folder, name)) as RecordedProgram | undefined;
      return record === undefined ? [] : [record];
    });
  }

  /** Path of the file that keeps what a program prints. */
  logFile(name: string): string {
    return join(this.folder, 'logs', `${name}.log`);
  }

  /** Removes what a program has printed. */
  removeLog(name: string): void {
    rmSync(this.logFile(name), { force: true });
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #program(name: string): string {
    return join(this.folder, 'programs', `${name}.json`);
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
