import { expect, test } from 'vitest';
import { PortsideError } from '../../model/index.js';
import { setupFailure } from './setup-failure.js';

test('shows message, place, hint, log lines and inner failures, and no stack', () => {
  const failure = setupFailure(
    new PortsideError('SERVICE_EXITED', "Cannot start 'api': it exited.", {
      hint: 'See its log.',
      service: 'api',
      position: { file: 'compose.yaml', line: 4, column: 3 },
      logs: ['boom', 'at 1'],
      errors: [new PortsideError('SERVICE_NOT_READY', 'Cannot start cache.')],
    }),
  ) as Error & { code: string };
  expect(failure.message).toBe(
    [
      "Cannot start 'api': it exited.",
      'at compose.yaml:4:3',
      'Hint: See its log.',
      'Last lines of api:',
      '  boom',
      '  at 1',
      '',
      'Cannot start cache.',
    ].join('\n'),
  );
  expect(failure.stack).toBe(`PortsideError SERVICE_EXITED: ${failure.message}`);
  expect(failure.code).toBe('SERVICE_EXITED');
  expect(Object.keys(failure)).toEqual(['name']);
});

test('leaves other errors as they are', () => {
  const error = new TypeError('x');
  expect(setupFailure(error)).toBe(error);
});
