import { PortsideError } from '../model/index.js';

/** Makes a usage error: the command line cannot be carried out as it stands (exit code 2). */
export function usageError(reason: string, hint: string): PortsideError {
  return new PortsideError('USAGE', `Cannot read the command line: ${reason}`, { hint });
}

/** The command that a command line names. */
export interface NamedCommand {
  readonly name: string;
  /** What it looks like with its arguments, for example `run -- npm test`. */
  readonly example?: string;
  /** What to do instead where it was given too many. */
  readonly excess?: string;
}

/**
 * Turns what commander says about a command line, suggestion included, into a `PortsideError`. Its hint leads to the help of the
 * command, where one is named.
 */
export function fromCommanderMessage(message: string, command?: NamedCommand): PortsideError {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const suggestion = rest
    .join(' ')
    .trim()
    .replace(/^\((.*)\)$/, '$1');
  const reason = first.endsWith('.') ? first : `${first}.`;
  const incomplete = first.startsWith('missing required argument') && command?.example !== undefined;
  const excess = first.startsWith('too many arguments') ? (command?.excess ?? '') : '';
  const help = command === undefined ? 'See portside --help.' : `See portside ${command.name} --help.`;
  const hints = [suggestion, incomplete ? `Write for example portside ${command.example}.` : '', excess, help];
  return usageError(reason, hints.filter((hint) => hint !== '').join(' '));
}
