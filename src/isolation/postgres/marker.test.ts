import { expect, it } from 'vitest';
import { readMarker } from './marker.js';

it('reads what was written on a template', () => {
  const marker = { portside: 1, content: 'abc', startedAt: '1', settings: [], defaultPrivileges: [] };
  expect(readMarker(JSON.stringify(marker))).toEqual(marker);
});

it.each([null, undefined, '', 'a comment', 'null', '[]', '{"portside":2}'])('takes no other comment: %j', (comment) => {
  expect(readMarker(comment)).toBeUndefined();
});
