import { timerMs, withSignals } from '../../model/index.js';

/** Reason of a signal that aborted because its time was over. */
export class Elapsed extends Error {}

/** Does work with a signal that aborts when one of the given signals does or when the time is over, then with an `Elapsed`. */
export async function within<Value>(
  ms: number,
  signals: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  return withSignals(signals, async (signal, abort) => {
    signal.throwIfAborted();
    const timer = setTimeout(() => abort(new Elapsed()), timerMs(ms));
    try {
      return await work(signal);
    } finally {
      clearTimeout(timer);
    }
  });
}
