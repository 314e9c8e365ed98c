import { expect, it } from 'vitest';
import { chromeTrace } from './chrome-trace.js';

it('gives each row a line, and further ones where stretches overlap; times count from the first', () => {
  const { traceEvents } = chromeTrace([
    { row: 'engine', name: 'b', from: 1002, to: 1004 },
    { row: 'db', name: 'starting', from: 1000, to: 1010 },
    { row: 'engine', name: 'a', from: 1001, to: 1003.5, details: { status: 200 } },
    { row: 'engine', name: 'c', from: 1003.5, to: 1004 },
  ]);
  expect(traceEvents.filter(({ ph }) => ph === 'M').map(({ tid, args }) => [tid, args?.['name']])).toEqual([
    [0, 'db'],
    [1, 'engine'],
    [2, 'engine'],
  ]);
  expect(traceEvents.filter(({ ph }) => ph === 'X')).toEqual([
    { name: 'starting', ph: 'X', pid: 1, tid: 0, ts: 0, dur: 10_000 },
    { name: 'a', ph: 'X', pid: 1, tid: 1, ts: 1000, dur: 2500, args: { status: 200 } },
    { name: 'b', ph: 'X', pid: 1, tid: 2, ts: 2000, dur: 2000 },
    { name: 'c', ph: 'X', pid: 1, tid: 1, ts: 3500, dur: 500 },
  ]);
});

it('is empty when nothing happened', () => {
  expect(chromeTrace([])).toEqual({ traceEvents: [] });
});
