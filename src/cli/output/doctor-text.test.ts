import { expect, test } from 'vitest';
import { colorsFor } from './colors.js';
import { doctorText } from './doctor-text.js';

test('doctorText puts what to do under what was found', () => {
  const text = doctorText(
    [
      { name: 'node', status: 'ok', message: 'v20.19.0' },
      { name: 'embedded redis', status: 'warn', message: 'no redis-server', hint: 'Install redis.' },
    ],
    true,
    colorsFor({}, {}),
  );
  expect(text.split('\n')).toEqual([
    '✓ node            v20.19.0',
    '! embedded redis  no redis-server',
    '                  Install redis.',
    '',
    'This machine can run environments.',
  ]);
});
