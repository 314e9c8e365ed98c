import type { RunningService } from '../runtime/index.js';
import { exitError } from './failures.js';
import { type ReadyContext, waitForReadiness } from './ready.js';

/** How long a program that has no ready condition must stay up to count as started. */
const settleMs = 250;

/**
 * Waits until the ready conditions of one instance hold; a program that ends meanwhile fails at once.
 * Errors: `SERVICE_NOT_READY`, `SERVICE_EXITED`.
 */
export async function untilReady(running: RunningService, { signal, ...context }: ReadyContext): Promise<void> {
  const { runtime } = context;
  const decided = new AbortController();
  const both = AbortSignal.any([signal, decided.signal]);
  const ended = unlessAborted(runtime.exit(running, both), both).then(async (exit) => {
    const isDone = running.service.definition.kind === 'worker' && exit.exitCode === 0;
    if (!isDone) throw await exitError(runtime, running, exit);
  });
  const ready =
    running.service.readiness.length === 0
      ? new Promise((resolve) => setTimeout(resolve, settleMs).unref())
      : waitForReadiness(running, { ...context, signal: both });
  try {
    await Promise.race([ready, ended]);
  } finally {
    decided.abort();
    ended.catch(() => undefined);
    ready.catch(() => undefined);
  }
}

/** Leaves an aborted wait undecided: whoever races it reports the abort, with more to say. */
function unlessAborted<Value>(wait: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return wait.catch((error: unknown) => {
    if (signal.aborted) return new Promise<Value>(() => {});
    throw error;
  });
}
