import { expect, test } from 'vitest';
import { identifier, literal } from './sql.js';

test('names and texts are quoted for SQL, whatever is in them', () => {
  expect(identifier('a"b')).toBe('"a""b"');
  expect(literal("it's")).toBe("'it''s'");
  expect(literal('a\\b')).toBe(" E'a\\\\b'");
  expect([identifier(undefined), literal(null)]).toEqual(['""', "''"]);
});
