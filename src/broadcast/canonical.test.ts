import { expect, test } from 'vitest';
import { canonicalJson } from './canonical.js';

test('R5 objects that say the same have one canonical form', () => {
  const text = '{"a":[1,"ü",null,{"x":true,"y":-0.5}],"b":{"c":"\\n"}}';
  expect(canonicalJson({ b: { c: '\n', d: undefined }, a: [1, 'ü', null, { y: -0.5, x: true }] })).toBe(text);
  expect(canonicalJson(JSON.parse(text))).toBe(text);
});

test('a member called __proto__ counts like any other', () => {
  expect(canonicalJson(JSON.parse('{"b":1,"__proto__":2}'))).toBe('{"__proto__":2,"b":1}');
});

test('a value that nests deeper than announcements do is refused', () => {
  expect(() => canonicalJson(JSON.parse('['.repeat(2000) + ']'.repeat(2000)))).toThrow('nests deeper than 8 levels');
});
