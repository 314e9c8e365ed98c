import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** How a program is run. */
export interface ProgramOptions {
  readonly cwd: string;
  /** Added to the variables of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** Path of the Node that runs it. Default: the one that runs the tests. */
  readonly node?: string;
}

/** How a program ended, and all that it printed. */
export interface ProgramResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs; `result` resolves when it has ended. */
export interface RunningProgram {
  readonly child: ChildProcess;
  readonly result: Promise<ProgramResult>;
  /** Resolves when standard output or standard error holds the text; rejects when the process ends without it. */
  printed(wanted: string): Promise<void>;
}

/** Whether this is a coverage run, in which programs write down what they ran when they end by themselves. */
const counting = process.env['NODE_V8_COVERAGE'] !== undefined;

/** Starts a Node program. It is killed at the end of the test if it still runs then. */
export function startNode(
  args: readonly string[],
  { cwd, env = {}, node = process.execPath }: ProgramOptions,
): RunningProgram {
  const child = spawn(node, args, {
    cwd,
    env: { ...withoutTestRunner(process.env), ...coverageOptions(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let seen = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  const ended = new Promise<Pick<ProgramResult, 'code' | 'signal'>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const result = Promise.all([ended, text(child.stdout), text(child.stderr)]).then(([end, stdout, stderr]) => ({
    ...end,
    stdout,
    stderr,
  }));
  onTestFinished(async () => {
    if (counting) await endGently(child);
    child.kill('SIGKILL');
  });
  const printed = (wanted: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (seen.includes(wanted)) resolve();
      };
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look);
      void ended.then(() => reject(new Error(`The program ended without printing '${wanted}':\n${seen}`)));
      look();
    });
  return { child, result, printed };
}

/** Makes a folder with these files, by relative path; it is removed at the end of the test. */
export function temporaryProject(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'portside-cli-'));
  onTestFinished(() => removeFolder(folder));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder;
}

/** An agent may still write to its state folder when its environment is gone: a snapshot, for some seconds. */
async function removeFolder(folder: string): Promise<void> {
  for (;;) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
      await sleep(100);
    }
  }
}

/** The variables of this process without those by which a test runner marks its workers, and without our own settings. */
function withoutTestRunner(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) =>
        !/^(NODE_OPTIONS|VITEST.*|NODE_ENV|FORCE_COLOR|NO_COLOR|PORTSIDE_(?!STATE_DIR|SNAPSHOTS).*)$/.test(name),
    ),
  );
}

/** In coverage runs, what makes test runners inside of tests write down what their workers ran. */
function coverageOptions(): NodeJS.ProcessEnv {
  if (!counting) return {};
  return { NODE_OPTIONS: `--import ${new URL('../../scripts/coverage/exit-on-term.mjs', import.meta.url)}` };
}

/** Asks a program to end, and gives it some seconds for that. */
async function endGently(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([ended, sleep(5000)]);
}
