/** Reason of a signal that aborted because its time was over. */
export class Elapsed extends Error {}

/**
 * Does work with a signal that aborts when one of the given signals does or when the time is over, then with an `Elapsed`. Nothing
 * of it outlives the work, however long the given signals live.
 */
export async function within<Value>(
  ms: number,
  signals: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Elapsed()), ms);
  const listeners = signals.map((signal) => {
    const abort = (): void => controller.abort(signal.reason);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    return () => signal.removeEventListener('abort', abort);
  });
  try {
    controller.signal.throwIfAborted();
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    for (const leave of listeners) leave();
  }
}
