import { Command } from 'commander';
import { packageVersion } from '../model/index.js';
import type { CliContext } from './context.js';
import { type CommandDeclaration, declarations } from './declarations.js';
import { declareCommonOptions } from './declare-options.js';
import type { CommandFunction } from './invocation.js';
import { type CommonOptions, mergeOptions } from './options.js';
import { fromCommanderMessage } from './usage-error.js';

/** The command that a command line asks for. */
export interface ParsedCommand {
  readonly load: () => Promise<CommandFunction<never>>;
  /** Whether it listens for interrupts itself. */
  readonly heedsInterrupts: boolean;
  readonly options: CommonOptions;
  readonly args: readonly string[];
}

/**
 * Reads a command line. Gives `undefined` when it asked only for help or the version, which is then printed.
 * Throws commander's error when it cannot be read, or a usage error when that is the fault of a command's arguments.
 */
export function parseCommandLine(argv: readonly string[], context: CliContext): ParsedCommand | undefined {
  let parsed: ParsedCommand | undefined;
  const program = new Command('portside')
    .description('Runs a Compose file as a test environment: dynamic ports, discoverable addresses.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: () => {},
      getOutHasColors: () => false,
    })
    .enablePositionalOptions()
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .version(packageVersion(), '-V, --version', 'print the version');
  declareCommonOptions(program);
  for (const declaration of declarations) {
    const command = declareCommand(program, declaration);
    command.action(() => {
      parsed = {
        load: declaration.load,
        heedsInterrupts: declaration.heedsInterrupts ?? false,
        options: mergeOptions(program.opts(), command.opts()),
        args: command.args,
      };
    });
  }
  program.parse(argv, { from: 'user' });
  return parsed;
}

function declareCommand(program: Command, { usage, summary, example, excess, declare }: CommandDeclaration): Command {
  const command = program.command(usage).description(summary);
  const named = {
    name: command.name(),
    ...(example === undefined ? {} : { example }),
    ...(excess === undefined ? {} : { excess }),
  };
  command.exitOverride((error) => {
    throw error.exitCode === 0 ? error : fromCommanderMessage(error.message, named);
  });
  declare?.(command);
  return declareCommonOptions(command);
}
