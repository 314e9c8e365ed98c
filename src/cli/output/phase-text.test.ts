import { expect, test } from 'vitest';
import type { ServicePhase } from '../../model/index.js';
import { phaseText } from './phase-text.js';

const step = (phase: ServicePhase, detail?: string, elapsedMs = 412): string =>
  phaseText({ service: 'api', kind: 'http', phase, elapsedMs, ...(detail === undefined ? {} : { detail }) });

test('phaseText names each phase as people say it', () => {
  expect(step('pulling', '3 of 7 layers')).toBe('pulling 3 of 7 layers');
  expect(step('building', 'step 4/9')).toBe('building step 4/9');
  expect(step('starting')).toBe('starting');
  expect(step('probing')).toBe('waiting for health');
  expect(step('probing', 'HTTP 503')).toBe('waiting for health (HTTP 503)');
  expect(step('ready')).toBe('ready in 412 ms');
  expect(step('ready', 'in 87 ms')).toBe('ready in 87 ms');
  expect(step('completed', undefined, 3210)).toBe('completed in 3.2 s');
  expect(step('failed', 'exit code 7')).toBe('failed: exit code 7');
});
