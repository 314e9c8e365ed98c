import { formatDuration, PortsideError, timerMs } from '../model/index.js';
import { reasonOf } from './reason.js';
import { notReady, type ProbeResult } from './target.js';

/** Looks once whether something is ready; ends early when the signal aborts. */
export type Check = (signal: AbortSignal) => Promise<ProbeResult>;

/**
 * Runs a check for at most so many milliseconds, also one that does not listen to its signal. Running out of time and
 * failures of the check are results; rejects only with the reason of the signal given, or with a `PortsideError` of the check, which
 * says that waiting is of no use.
 */
export async function runBounded(check: Check, timeoutMs: number, signal: AbortSignal): Promise<ProbeResult> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  const onAbort = () => controller.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => controller.abort(new Error('timeout')), timerMs(timeoutMs));
  try {
    return await Promise.race([check(controller.signal), ended]);
  } catch (error) {
    signal.throwIfAborted();
    if (PortsideError.is(error)) throw error;
    return notReady(controller.signal.aborted ? `no answer within ${formatDuration(timeoutMs)}` : reasonOf(error));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
