import { expect, test } from 'vitest';
import { colorsFor } from './colors.js';
import { renderBlock } from './live-progress.js';

test('renderBlock gives each service one line with its mark and what is being done, and a sum', () => {
  const block = renderBlock(
    [
      { service: 'cache', kind: 'redis', phase: 'ready', elapsedMs: 412 },
      { service: 'postgres-primary', kind: 'postgres', phase: 'pulling', detail: '3 of 7 layers', elapsedMs: 1500 },
      { service: 'api', kind: 'http', phase: 'waiting', detail: 'cache', elapsedMs: 3 },
      { service: 'job', kind: 'worker', phase: 'failed', detail: 'exit code 7', elapsedMs: 900 },
    ],
    { spinner: '*', elapsedMs: 1500, colors: colorsFor({}, {}) },
  );
  expect(block.split('\n')).toEqual([
    '✓ cache             ready in 412 ms',
    '* postgres-primary  pulling 3 of 7 layers',
    '· api               waiting: cache',
    '✗ job               failed: exit code 7',
    '2 of 4 done, 1.5 s',
  ]);
});
