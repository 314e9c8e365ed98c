import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { ServiceProgress } from '../../model/index.js';
import { colorsFor } from './colors.js';
import { renderBlock } from './live-progress.js';
import { Output } from './output.js';
import { progressView } from './progress-view.js';

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

test('a service that was stopped has a mark of its own', () => {
  const steps = [{ service: 'api', kind: 'http', phase: 'stopped', elapsedMs: 3 }] as const;
  const block = renderBlock(steps, { spinner: '*', elapsedMs: 0, colors: colorsFor({}, {}) });
  expect(block.split('\n')[0]).toBe('■ api  stopped');
});

/** The view that a stream gets, and what was written to it since the last look. */
async function viewOf(stream: object, environment: Readonly<Record<string, string>> = {}, options = {}) {
  const stderr = Object.assign(new PassThrough(), stream);
  let now = 0;
  const interrupts = { signal: new AbortController().signal, exitCode: 130, redirect: () => () => {} };
  const context = { cwd: '/', environment, stdout: new PassThrough(), stderr, interrupts, now: () => now };
  const view = await progressView(context, new Output(context, options));
  return { view, written: () => String(stderr.read() ?? ''), pass: (ms: number) => (now += ms) };
}

const step = (phase: ServiceProgress['phase'], elapsedMs: number): ServiceProgress => ({
  service: 'cache',
  kind: 'redis',
  phase,
  elapsedMs,
});

test('on a terminal the block is drawn anew with every step and while time passes, until the end', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { view, written, pass } = await viewOf({ isTTY: true, columns: 80, rows: 24 }, { NO_COLOR: '1' });
  view.update(step('starting', 100));
  expect(written()).toContain('⠋ cache  starting');
  pass(80);
  vi.advanceTimersByTime(80);
  expect(written()).toContain('⠙ cache  starting');
  view.note('a warning');
  expect(written()).toMatch(/a warning\n.*cache/s);
  view.update(step('ready', 50));
  expect(written()).toContain('✓ cache');
  pass(1000);
  view.end();
  expect(written()).toContain('1 of 1 done, 1.2 s');
  view.update(step('failed', 200));
  view.end();
  vi.advanceTimersByTime(1000);
  expect(written()).toBe('');
  view.note('last');
  expect(written()).toContain('last');
});

test.each([
  ['a file', {}, {}, {}, 'cache'],
  ['a terminal without columns', { isTTY: true, columns: 0 }, {}, {}, 'cache'],
  ['a dumb terminal', { isTTY: true, columns: 80 }, { TERM: 'dumb' }, {}, 'cache'],
  ['a terminal with --quiet', { isTTY: true, columns: 80 }, {}, { quiet: true }, ''],
])('to %s steps are written as lines, or not at all', async (_what, stream, environment, options, expected) => {
  const { view, written } = await viewOf(stream, environment, options);
  view.update(step('ready', 100));
  view.end();
  const text = written();
  expect(text).toContain(expected);
  expect(text).not.toContain('done');
});
