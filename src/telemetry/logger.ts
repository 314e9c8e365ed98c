import { appendFileSync, openSync } from 'node:fs';
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
 * passes `redact` on its way out: fields, messages and errors alike. A line that cannot be written (a full disk, a reader that is
 * gone) is dropped: what is logged about must go on.
 */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const file = typeof destination === 'number' ? destination : openSync(destination, 'a');
  const write = (line: string): void => {
    try {
      appendFileSync(file, `${JSON.stringify(redact(JSON.parse(line)))}\n`);
    } catch {
      // Nobody is left to tell: the log was the place for it.
    }
  };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write });
}
