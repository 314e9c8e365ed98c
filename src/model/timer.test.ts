import { expect, test } from 'vitest';
import { timerMs, wholeMs } from './timer.js';

test.each([
  [0, 0],
  [1e-6, 1],
  [0.5, 1],
  [90_000.5, 90_001],
  [2.05 * 60_000, 123_000],
  [0.0023 * 1000, 3],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
])('wholeMs() rounds %d ms up to %d', (ms, whole) => {
  expect(wholeMs(ms)).toBe(whole);
});

test.each([
  [0.5, 1],
  [2_147_483_647, 2_147_483_647],
  [2_592_000_000, 2_147_483_647],
  [Number.POSITIVE_INFINITY, 2_147_483_647],
])('timerMs() makes of %d ms %d, which a timer can wait', (ms, waits) => {
  expect(timerMs(ms)).toBe(waits);
});
