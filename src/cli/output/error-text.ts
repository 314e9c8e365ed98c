import type { PortsideError } from '../../model/index.js';
import type { Colors } from './colors.js';
import { formatPosition } from './position.js';

/** How an error is written for people. */
export interface ErrorTextOptions {
  readonly cwd: string;
  readonly colors: Colors;
  /** Adds stack traces and causes. */
  readonly verbose: boolean;
}

/** Writes an error for people: message, code, position, service, hint, last log lines, and the errors behind it. */
export function errorText(error: PortsideError, options: ErrorTextOptions): string {
  const { colors } = options;
  // Of several errors the message lists some, for those who show nothing else.
  const message = isOfSeveral(error) ? error.message.split('\n')[0] : error.message;
  return [`${colors.red(colors.bold('error:'))} ${message}`, ...indent(details(error, options))].join('\n');
}

function details(error: PortsideError, options: ErrorTextOptions): readonly string[] {
  const { colors, cwd, verbose } = options;
  const several = isOfSeveral(error);
  const own = [
    ...field('at', error.position === undefined ? undefined : formatPosition(error.position, cwd), colors),
    ...field('service', error.service, colors),
    ...field('hint', error.hint, colors),
    ...field('code', error.code, colors),
  ];
  return [
    ...(several ? [] : own),
    ...(error.logs.length === 0 ? [] : [colors.dim('last output:'), ...indent(error.logs)]),
    ...error.errors.flatMap((inner, index) => {
      const number = several ? `${index + 1}. ` : '';
      return [`${number}${inner.message}`, ...indent(details(inner, options), ' '.repeat(number.length + 2))];
    }),
    ...(verbose ? trace(error).map((line) => colors.dim(line)) : []),
  ];
}

/** Such an error has the place, hint and code of its first. */
function isOfSeveral(error: PortsideError): boolean {
  return error.errors.length > 1;
}

function field(name: string, value: string | undefined, colors: Colors): readonly string[] {
  return value === undefined ? [] : [`${colors.dim(`${name}:`)} ${value}`];
}

function trace(error: Error): readonly string[] {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const { cause } = error;
  if (cause === undefined) return frames;
  return [...frames, `caused by: ${String(cause)}`, ...(cause instanceof Error ? trace(cause) : [])];
}

function indent(lines: readonly string[], by = '  '): readonly string[] {
  return lines.flatMap((line) => line.split('\n')).map((line) => `${by}${line}`);
}
