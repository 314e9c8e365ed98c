import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { withSignals } from './with-signals.js';

test('the work hears of the first signal that aborts, with its reason', async () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const reason = new Error('enough');
  const work = withSignals([one.signal, other.signal], async (signal) => {
    other.abort(reason);
    return signal.reason;
  });
  expect(await work).toBe(reason);
  expect(await withSignals([one.signal, other.signal], async (signal) => signal.reason)).toBe(reason);
});

test('nothing stays at a signal that lives on, whether the work succeeds or fails', async () => {
  const { signal } = new AbortController();
  const failure = new Error('no');
  await withSignals([signal], async () => expect(getEventListeners(signal, 'abort')).toHaveLength(1));
  await expect(withSignals([signal], () => Promise.reject(failure))).rejects.toBe(failure);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
