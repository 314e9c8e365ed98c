import type { PortsideError } from '../model/index.js';
import type { Interrupts } from './interrupts.js';

/** Exit codes that are the same for every command. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, notExecutable: 126, notFound: 127 } as const;

/** Gives the exit code that reports the error: 2 for usage, 130 (or 128 + signal) when interrupted, otherwise 1. */
export function exitCodeOf(error: PortsideError, interrupts: Interrupts): number {
  if (error.code === 'USAGE') return exitCodes.usage;
  if (error.code === 'INTERRUPTED') return interrupts.exitCode;
  return exitCodes.failed;
}
