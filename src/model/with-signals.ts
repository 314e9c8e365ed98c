/**
 * Does work with a signal that aborts as soon as one of the given signals does, with its reason, or when the work calls `abort`. Nothing stays at the given ones when
 * the work is done: `AbortSignal.any` leaves about a kilobyte at a signal that lives on, each time.
 */
export async function withSignals<Value>(
  signals: readonly AbortSignal[],
  work: (signal: AbortSignal, abort: (reason: unknown) => void) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const listeners = signals.map((signal) => {
    const abort = (): void => controller.abort(signal.reason);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    return () => signal.removeEventListener('abort', abort);
  });
  try {
    return await work(controller.signal, (reason) => controller.abort(reason));
  } finally {
    for (const leave of listeners) leave();
  }
}
