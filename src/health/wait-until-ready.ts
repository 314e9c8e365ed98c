import { setTimeout as sleep } from 'node:timers/promises';
import { type Check, runBounded } from './bounded.js';
import type { ProbeResult } from './target.js';

/** How `waitUntilReady` goes about it; durations in milliseconds. */
export interface WaitOptions {
  readonly signal: AbortSignal;
  /** Pause after the first attempt. Default 10. */
  readonly initialIntervalMs?: number;
  /** The longest pause. Default 500. */
  readonly maxIntervalMs?: number;
  /** How long one attempt may take. Default 2000. */
  readonly attemptTimeoutMs?: number;
  /** Pauses at least as long as the attempt took: for checks that the service itself has to work for. Default false. */
  readonly restBetween?: boolean;
  /** Called after each attempt; `attempt` counts from 1. */
  readonly onAttempt?: (result: ProbeResult, attempt: number) => void;
}

/** By this factor each pause is longer than the one before: about a twentieth of the time waited so far. */
const growth = 1.05;

/** Repeats a check until it finds the service ready. Rejects with the signal's reason, or with a `PortsideError` of the check. */
export async function waitUntilReady(check: Check, options: WaitOptions): Promise<void> {
  const { signal, initialIntervalMs = 10, maxIntervalMs = 500, attemptTimeoutMs = 2000, onAttempt } = options;
  const { restBetween = false } = options;
  let interval = initialIntervalMs;
  for (let attempt = 1; ; attempt++) {
    const began = performance.now();
    const result = await runBounded(check, attemptTimeoutMs, signal);
    onAttempt?.(result, attempt);
    if (result.ok) return;
    const pause = restBetween ? Math.max(interval, performance.now() - began) : interval;
    await sleep(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
    interval = Math.min(interval * growth, maxIntervalMs);
  }
}
