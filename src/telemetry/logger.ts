import { type Logger, pino } from 'pino';

/** How a logger is made. */
export interface LoggerOptions {
  /** `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. */
  readonly level: string;
  /** A file descriptor or a path. */
  readonly destination: number | string;
}

const secrets = ['password', 'token', 'authorization', 'POSTGRES_PASSWORD', 'PGPASSWORD', 'DATABASE_URL'];

/** Makes a logger that writes JSON lines with ISO times; passwords, tokens and URLs' passwords never reach them (D11). */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: [...secrets, ...secrets.map((name) => `*.${name}`)], censor: '[redacted]' },
      formatters: { log: (fields) => maskUrls(fields) as Record<string, unknown> },
    },
    pino.destination({ dest: destination, sync: true }),
  );
}

function maskUrls(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/(\w+:\/\/[^\s:@/]*):[^\s@/]+@/g, '$1:[redacted]@');
  if (Array.isArray(value)) return value.map(maskUrls);
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, maskUrls(part)]));
}
