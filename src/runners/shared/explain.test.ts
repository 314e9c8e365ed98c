import { expect, test } from 'vitest';
import { PortsideError } from '../../model/index.js';
import { explained, explainedSetup } from './explain.js';

const failure = new PortsideError('SERVICE_EXITED', "Cannot start 'api': it exited.", {
  hint: 'See its log.',
  service: 'api',
  position: { file: 'compose.yaml', line: 4, column: 3 },
  logs: ['boom', 'at 1'],
  errors: [new PortsideError('SERVICE_NOT_READY', 'Cannot start cache.')],
});
const text = [
  "Cannot start 'api': it exited.",
  'at compose.yaml:4:3',
  'Hint: See its log.',
  'Last lines of api:',
  '  boom',
  '  at 1',
  '',
  'Cannot start cache.',
].join('\n');

test('shows a failed setup with message, place, hint, log lines and inner failures, and no stack', () => {
  const shown = explainedSetup(failure) as Error;
  expect(shown.message).toBe(text);
  expect(shown.stack).toBe(`PortsideError SERVICE_EXITED: ${text}`);
});

test('puts the same into the message of an error in a test, which stays a PortsideError with a stack of its own', async () => {
  const shown = await explained(Promise.reject(failure)).catch((error: unknown) => error);
  expect(shown).toBeInstanceOf(PortsideError);
  expect(shown).toMatchObject({ ...failure, message: text });
  expect(shown).not.toBe(failure);
});

test('leaves other errors as they are', async () => {
  const error = new TypeError('x');
  expect(explainedSetup(error)).toBe(error);
  await expect(explained(Promise.reject(error))).rejects.toBe(error);
  await expect(explained(Promise.resolve(1))).resolves.toBe(1);
});
