import { spawn } from 'node:child_process';
import { killTree } from './tree.js';

/** What a command is run with. */
export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
  readonly signal: AbortSignal;
  /** What it reads on its standard input. */
  readonly input?: string;
}

/** How a command ended, and everything it printed. */
export interface RunResult {
  readonly exitCode: number;
  readonly output: string;
}

/** The longest output that is kept, in bytes. */
const maxOutputBytes = 1024 * 1024;

/**
 * Runs a command to its end. A program that is not there gives exit code 127, as a shell would. Rejects with the signal's
 * reason on abort, when the command and its children have been ended.
 */
export function runCommand(command: readonly string[], options: RunOptions): Promise<RunResult> {
  const { cwd, env, account, signal, input } = options;
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const stdio = [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] as const;
    const child = spawn(program, args, { cwd, env, detached: true, stdio: [...stdio], ...account });
    const chunks: Buffer[] = [];
    let size = 0;
    const keep = (chunk: Buffer) => {
      if (size < maxOutputBytes) chunks.push(chunk);
      size += chunk.length;
    };
    const onAbort = () => {
      if (child.pid !== undefined) killTree(child.pid);
    };
    const finish = (exitCode: number, more = '') => {
      signal.removeEventListener('abort', onAbort);
      if (signal.aborted) reject(signal.reason);
      else resolve({ exitCode, output: Buffer.concat(chunks).toString('utf8') + more });
    };
    signal.addEventListener('abort', onAbort, { once: true });
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    // A program that does not read to the end says itself what is wrong.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    child.once('error', (error) => finish(127, error.message));
    child.once('close', (code) => finish(code ?? 137));
  });
}
