import { expect, test } from 'vitest';
import { PortsideError } from '../../model/index.js';
import { colorsFor } from './colors.js';
import { errorText } from './error-text.js';

const options = { cwd: '/project', colors: colorsFor({}, {}), verbose: false };

test('errorText writes message, position, service, hint, code and the last output, and no stack', () => {
  const error = new PortsideError('SERVICE_EXITED', "Cannot start 'api': it exited with code 7.", {
    service: 'api',
    hint: 'Read its output.',
    position: { file: '/project/compose.yaml', line: 3, column: 5 },
    logs: ['boom', 'bye'],
    cause: new Error('inner'),
  });
  expect(errorText(error, options).split('\n')).toEqual([
    "error: Cannot start 'api': it exited with code 7.",
    '  at: compose.yaml:3:5',
    '  service: api',
    '  hint: Read its output.',
    '  code: SERVICE_EXITED',
    '  last output:',
    '    boom',
    '    bye',
  ]);
});

test('errorText lists several errors by number with their details under them', () => {
  const error = new PortsideError('COMPOSE_INVALID', 'Cannot load compose.yaml: 2 problems.', {
    errors: [
      new PortsideError('COMPOSE_UNKNOWN_KEY', 'Cannot read one.', { position: { file: '/other/a.yaml', line: 1 } }),
      new PortsideError('COMPOSE_INVALID', 'Cannot read two.', { hint: 'Do this.' }),
    ],
  });
  expect(errorText(error, options).split('\n')).toEqual([
    'error: Cannot load compose.yaml: 2 problems.',
    '  1. Cannot read one.',
    '       at: /other/a.yaml:1',
    '       code: COMPOSE_UNKNOWN_KEY',
    '  2. Cannot read two.',
    '       hint: Do this.',
    '       code: COMPOSE_INVALID',
  ]);
});

test('errorText says nothing of several errors twice', () => {
  const first = new PortsideError('COMPOSE_UNKNOWN_KEY', 'Cannot read one.', {
    hint: 'Do that.',
    position: { file: '/project/a.yaml', line: 1, column: 2 },
  });
  const second = new PortsideError('COMPOSE_INVALID', 'Cannot read two.');
  const message = 'Cannot load the Compose files: 2 errors.\n- a.yaml:1:2 Cannot read one.\n- Cannot read two.';
  const { hint, position } = first;
  const error = new PortsideError('COMPOSE_UNKNOWN_KEY', message, {
    errors: [first, second],
    ...(hint === undefined ? {} : { hint }),
    ...(position === undefined ? {} : { position }),
  });
  expect(errorText(error, options).split('\n')).toEqual([
    'error: Cannot load the Compose files: 2 errors.',
    '  1. Cannot read one.',
    '       at: a.yaml:1:2',
    '       hint: Do that.',
    '       code: COMPOSE_UNKNOWN_KEY',
    '  2. Cannot read two.',
    '       code: COMPOSE_INVALID',
  ]);
});

test('errorText adds stack and causes when verbose', () => {
  const error = new PortsideError('USAGE', 'Cannot.', { cause: new Error('inner') });
  const text = errorText(error, { ...options, verbose: true });
  expect(text).toContain('caused by: Error: inner');
  expect(text).toMatch(/at .*error-text\.test\.ts/);
});

test('errorText gives one error inside another no number, and with verbose also causes that are no errors', () => {
  const inner = new PortsideError('COMPOSE_INVALID', 'Cannot read it.', { hint: 'Do this.' });
  const error = new PortsideError('COMPOSE_INVALID', 'Cannot load.', { errors: [inner], cause: 'the disk' });
  const text = errorText(error, { ...options, verbose: true });
  expect(text).toContain('\n  Cannot read it.\n    hint: Do this.');
  expect(text).toContain('caused by: the disk');
});
