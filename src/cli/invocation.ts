import type { CliContext } from './context.js';
import type { CommonOptions } from './options.js';
import type { Output } from './output/output.js';

/** One call of a command: what it was given and where it writes. */
export interface Invocation<Options extends CommonOptions = CommonOptions> {
  readonly context: CliContext;
  readonly options: Options;
  /** What stands on the command line besides options. */
  readonly args: readonly string[];
  readonly output: Output;
}

/** A command: does what was asked and gives the exit code; throws a `PortsideError` when it cannot. */
export type CommandFunction<Options extends CommonOptions = CommonOptions> = (
  invocation: Invocation<Options>,
) => Promise<number>;
