import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration, wholeMs } from '../model/index.js';

/** Declares the options that every command takes. */
export function declareCommonOptions(command: Command): Command {
  command
    .optionsGroup('Which environment:')
    .option('-f, --file <file>', 'Compose file; may be given several times', collect)
    .option('--profile <name>', 'switch a Compose profile on; may be given several times', collect)
    .option('--env-file <file>', 'variables for the Compose file; may be given several times', collect)
    .option('--project-directory <folder>', 'folder that relative paths start from')
    .option('-p, --project-name <name>', 'name of the Compose project')
    .option('--config <file>', 'configuration file, instead of the portside.config.* that is found');
  command
    .optionsGroup('How it runs:')
    .addOption(new Option('--runtime <name>', 'where services run').choices(['auto', 'docker', 'embedded']))
    .addOption(new Option('--ports <policy>', 'how host ports are chosen').choices(['dynamic', 'prefer']))
    .option('--keep-warm <duration>', 'how long it stays up after its last user, for example 5m', duration)
    .option('--start-timeout <duration>', 'how long the whole start may take, for example 90s', duration);
  return command
    .optionsGroup('Output:')
    .option('--json', 'print one JSON document on standard output')
    .option('-q, --quiet', 'no progress, no notes')
    .option('--verbose', 'stack traces and the path of the log file');
}

/** Adds a value to those given before. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** Reads a whole number, at least 0. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number, at least 0.');
  return Number(text);
}

/** Reads a whole number of megabytes as bytes. */
export function megabytes(text: string): number {
  return wholeNumber(text) * 1024 * 1024;
}

/** Reads a duration as whole milliseconds, rounded up. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError("It must be a duration such as '90s', '5m' or '0'.");
  return wholeMs(ms);
}
