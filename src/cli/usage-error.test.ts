import { expect, test } from 'vitest';
import { fromCommanderMessage } from './usage-error.js';

test('fromCommanderMessage keeps the reason as message and the suggestion as hint', () => {
  expect(fromCommanderMessage("error: unknown option '--fiel'\n(Did you mean --file?)")).toMatchObject({
    code: 'USAGE',
    message: "Cannot read the command line: unknown option '--fiel'.",
    hint: 'Did you mean --file? See portside --help.',
  });
  expect(fromCommanderMessage("error: missing required argument 'name'").hint).toBe('See portside --help.');
});
