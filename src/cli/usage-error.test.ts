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

test('fromCommanderMessage leads to the help of the command, and shows what one without its argument looks like', () => {
  const run = { name: 'run', example: 'run -- npm test' };
  expect(fromCommanderMessage("error: missing required argument 'command'", run).hint).toBe(
    'Write for example portside run -- npm test. See portside run --help.',
  );
  expect(fromCommanderMessage("error: unknown option '--fiel'\n(Did you mean --file?)", run).hint).toBe(
    'Did you mean --file? See portside run --help.',
  );
  expect(fromCommanderMessage("error: missing required argument 'x'", { name: 'up' }).hint).toBe(
    'See portside up --help.',
  );
});
