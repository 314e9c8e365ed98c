import { CommanderError } from 'commander';
import { PortsideError, unlessAborted } from '../model/index.js';
import type { CliContext } from './context.js';
import { exitCodeOf, exitCodes } from './exit-code.js';
import { Output } from './output/output.js';
import { type ParsedCommand, parseCommandLine } from './program.js';
import { fromCommanderMessage, usageError } from './usage-error.js';

/**
 * Carries out a command line and gives the exit code; whatever fails is printed, never thrown. An interrupt gives the command up,
 * unless that listens for interrupts itself; what it had under way may go on until the process ends.
 */
export async function runCli(argv: readonly string[], context: CliContext): Promise<number> {
  let parsed: ParsedCommand | undefined;
  try {
    parsed = parseCommandLine(argv, context);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    return fail(readingError(error, context), new Output(context, { json: asksForJson(argv) }), context);
  }
  if (parsed === undefined) return exitCodes.ok;
  const { options, args, load, heedsInterrupts } = parsed;
  const { signal } = context.interrupts;
  const output = new Output(context, options);
  try {
    const command = await load();
    signal.throwIfAborted();
    const ending = command({ context, options: options as never, args, output });
    return await (heedsInterrupts ? ending : unlessAborted(ending, signal));
  } catch (error) {
    return fail(portsideError(error, context), output, context);
  }
}

function fail(error: PortsideError, output: Output, context: CliContext): number {
  output.failure(error);
  return exitCodeOf(error, context.interrupts);
}

function readingError(error: unknown, context: CliContext): PortsideError {
  if (!(error instanceof CommanderError)) return portsideError(error, context);
  if (error.code === 'commander.help') {
    return usageError('it names no command.', 'See portside --help for the commands.');
  }
  return fromCommanderMessage(error.message);
}

function portsideError(error: unknown, { interrupts }: CliContext): PortsideError {
  if (PortsideError.is(error)) return error;
  if (interrupts.signal.aborted && PortsideError.is(interrupts.signal.reason)) return interrupts.signal.reason;
  const reason = error instanceof Error ? error.message : String(error);
  return new PortsideError('INTERNAL', `Cannot finish the command: ${reason}`, {
    cause: error,
  });
}

/** Looks for `--json` in a command line that could not be read, up to `--`. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).includes('--json');
}
