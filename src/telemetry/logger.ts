import { type Logger, pino } from 'pino';
import { redact } from './redact.js';

/** How a logger is made. */
export interface LoggerOptions {
  /** `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. */
  readonly level: string;
  /** A file descriptor or a path. */
  readonly destination: number | string;
}

/**
 * Makes a logger that writes JSON lines with ISO times, each at once, so that none is lost when the process ends. Every line
 * passes `redact` on its way out: fields, messages and errors alike.
 */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const output = pino.destination({ dest: destination, sync: true });
  const write = (line: string): void => void output.write(`${JSON.stringify(redact(JSON.parse(line)))}\n`);
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write });
}
