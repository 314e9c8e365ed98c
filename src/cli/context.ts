import type { Interrupts } from './interrupts.js';

/** A stream for people or programs to read. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** What a command has of the process that it runs in. */
export interface CliContext {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly interrupts: Interrupts;
  /** Gives the time in milliseconds since 1970. */
  readonly now: () => number;
}
