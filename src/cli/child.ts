import { spawn } from 'node:child_process';
import type { PortsideError } from '../model/index.js';
import { exitCodes } from './exit-code.js';
import { type InterruptName, type Interrupts, signalExitCode } from './interrupts.js';
import { notStarted } from './not-started.js';

/** A command to run in the place of portside itself. */
export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly interrupts: Pick<Interrupts, 'redirect'>;
  /** Whether a terminal sends Ctrl-C to the command by itself; then portside must not send it a second time. */
  readonly terminal: boolean;
}

/** How a command ended: with an exit code (128 + signal when a signal ended it), or never begun. */
export interface ChildOutcome {
  readonly code: number;
  readonly error?: PortsideError;
}

/** Runs the command on portside's own standard streams, passes signals on to it, and waits for its end. */
export function runChild(options: ChildOptions): Promise<ChildOutcome> {
  const { command, args, cwd, environment, interrupts, terminal } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...environment }, stdio: 'inherit' });
    const restore = interrupts.redirect((name: InterruptName) => {
      if (name !== 'SIGINT' || !terminal) child.kill(name);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      restore();
      resolve(notStarted(command, error));
    });
    child.once('exit', (code, signal) => {
      restore();
      resolve({ code: signal === null ? (code ?? exitCodes.failed) : signalExitCode(signal) });
    });
  });
}
