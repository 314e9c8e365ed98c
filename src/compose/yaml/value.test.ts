import { expect, test } from 'vitest';
import { showValue, typeName } from './value.js';

test.each([
  [null, 'null'],
  [['a'], 'a list'],
  [{ a: 'b' }, 'a mapping'],
  [1, 'an integer'],
  [1.5, 'a number'],
  [true, 'a boolean'],
  ['x', 'a string'],
])('%j is called %s', (value, name) => {
  expect(typeName(value)).toBe(name);
});

test('a long value is shown by its beginning', () => {
  expect(showValue('x')).toBe('"x"');
  expect(showValue('x'.repeat(200))).toBe(`"${'x'.repeat(76)}...`);
});
