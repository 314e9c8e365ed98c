import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { ServicePhase } from '../../model/index.js';
import { colorsFor } from './colors.js';
import { plainProgress } from './plain-progress.js';

test('plainProgress prints one line for each change of phase', () => {
  const stream = new PassThrough();
  const view = plainProgress({ stream, colors: colorsFor({}, {}) });
  const step = (service: string, phase: ServicePhase, detail?: string): void =>
    view.update({ service, kind: 'redis', phase, elapsedMs: 412, ...(detail === undefined ? {} : { detail }) });
  step('cache', 'pulling', '1 of 7 layers');
  step('cache', 'pulling', '2 of 7 layers');
  step('api', 'waiting', 'cache');
  step('cache', 'starting');
  view.note('warning: something');
  step('cache', 'ready');
  step('cache', 'ready');
  view.end();
  step('api', 'starting');
  expect(String(stream.read()).trimEnd().split('\n')).toEqual([
    'cache pulling',
    'cache starting',
    'warning: something',
    'cache ready in 412 ms',
  ]);
});
