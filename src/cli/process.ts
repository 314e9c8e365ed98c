import { runCli } from './cli.js';
import type { CliContext } from './context.js';
import { listenForInterrupts } from './interrupts.js';

/** Runs the command line as this process: its streams, signals, exit code, and environment unless another is given. */
export async function runProcess(
  argv: readonly string[],
  environment: CliContext['environment'] = process.env,
): Promise<void> {
  endQuietlyOnBrokenPipe(process.stdout);
  goOnWithoutReader(process.stderr);
  const code = await runCli(argv, {
    cwd: process.cwd(),
    environment,
    stdout: process.stdout,
    stderr: process.stderr,
    interrupts: listenForInterrupts(process),
    now: Date.now,
  });
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

/** Ends the process when nobody reads its output any more (`portside logs | head`). */
function endQuietlyOnBrokenPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

/** Lets the work go on when nobody reads what is said about it any more (`portside run ... 2>&1 | head`). */
function goOnWithoutReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
