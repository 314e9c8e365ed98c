import { expect, test } from 'vitest';
import { granted, identifier, literal } from './sql.js';

test('names and texts are quoted for SQL, whatever is in them', () => {
  expect(identifier('a`b')).toBe('`a``b`');
  expect(literal("it's \\")).toBe("'it''s \\\\'");
  expect(granted('lease_1%')).toBe('`lease\\_1\\%`');
  expect([identifier(null), literal(undefined)]).toEqual(['``', "''"]);
});
