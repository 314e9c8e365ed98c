import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.js';

test.each([
  ['0', 0],
  ['1m30s', 90_000],
  ['2.5s', 2500],
  ['.5m', 30_000],
  ['1us', 0.001],
  ['1w', 604_800_000],
  ['5', undefined],
  ['-1s', undefined],
  ['', undefined],
  ['1 s', undefined],
])('parseDuration() reads %j as %j ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  [0.4, '0 ms'],
  [412, '412 ms'],
  [3200, '3.2 s'],
  [59_960, '1 min 0 s'],
  [119_700, '2 min 0 s'],
  [125_000, '2 min 5 s'],
  [3_599_600, '1 h 0 min'],
  [11_344_000, '3 h 9 min'],
  [90_061_000, '1 d 1 h'],
])('formatDuration() writes %d ms as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
