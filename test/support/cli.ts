import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ProgramOptions, type ProgramResult, type RunningProgram, startNode } from './program.js';

export { temporaryProject } from './program.js';

/** Path of the built command line. */
export const cliPath = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** How a command line is run. */
export type CliOptions = ProgramOptions;

/** How a command line ended, and all that it printed. */
export type CliResult = ProgramResult;

/** Runs the built command line and waits for its end. */
export function runCli(args: readonly string[], options: CliOptions): Promise<ProgramResult> {
  return startCli(args, options).result;
}

/** Starts the built command line. It is killed at the end of the test if it still runs then. */
export function startCli(args: readonly string[], options: CliOptions): RunningProgram {
  if (!existsSync(cliPath))
    throw new Error(`Cannot run the command line: build it first (npm run build). No ${cliPath}.`);
  return startNode([cliPath, ...args], options);
}
