import { PortsideError } from '../model/index.js';

/** Makes a usage error: the command line cannot be carried out as it stands (exit code 2). */
export function usageError(reason: string, hint: string): PortsideError {
  return new PortsideError('USAGE', `Cannot read the command line: ${reason}`, { hint });
}

/** Turns what commander says about a command line, suggestion included, into a `PortsideError`. */
export function fromCommanderMessage(message: string): PortsideError {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const suggestion = rest
    .join(' ')
    .trim()
    .replace(/^\((.*)\)$/, '$1');
  const reason = first.endsWith('.') ? first : `${first}.`;
  return usageError(reason, suggestion === '' ? 'See portside --help.' : `${suggestion} See portside --help.`);
}
