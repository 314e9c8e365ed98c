import { expect, test } from 'vitest';
import { errorOf, summary } from '../../../test/support/compose-files.js';
import { Problems } from '../problems.js';
import { parseYaml } from './parse.js';
import { placeOf, positionAt } from './place.js';
import type { Mapping } from './value.js';

function parse(text: string) {
  const problems = new Problems();
  const documents = parseYaml('compose.yaml', text, problems);
  problems.throwIfAny();
  return documents;
}

function mappingIn(text: string): Mapping {
  return parse(text)[0]?.value as Mapping;
}

test.each([
  ['22:22', '22:22'],
  ['0440', 288],
  ['0o440', 288],
  ['0x1F', 31],
  ['0b11', 3],
  ['1_000', 1000],
  ['-12', -12],
  ['3.10', 3.1],
  ['1e3', 1000],
  ['.5', 0.5],
  ['089', 89],
  ['yes', 'yes'],
  ['on', 'on'],
  ['true', true],
  ['FALSE', false],
  ['~', null],
  ['', null],
  ['2024-01-01', '2024-01-01'],
  ['"true"', 'true'],
  ["'12'", '12'],
  ['!!str 12', '12'],
  ['!!int "12"', 12],
  ['.inf', '.inf'],
])('the scalar %s is read as %j', (text, expected) => {
  expect(mappingIn(`a: ${text}`)['a']).toEqual(expected);
});

test('aliases give copies, and merge keys never override', () => {
  const value = mappingIn('a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {<<: [{y: 9}, *a]}\nd: *a\n');
  expect(value).toEqual({ a: { x: 1, y: 2 }, b: { x: 1, y: 3 }, c: { x: 1, y: 9 }, d: { x: 1, y: 2 } });
  expect(value['d']).not.toBe(value['a']);
});

test('an anchor that is defined twice means the one before the alias', () => {
  expect(mappingIn('a: &x 1\nb: *x\nc: &x 2\nd: *x\n')).toEqual({ a: 1, b: 1, c: 2, d: 2 });
});

test('a key named __proto__ is a key like any other', () => {
  const value = mappingIn('__proto__: {polluted: true}\n');
  expect(Object.keys(value)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('!reset leaves a key out and !override keeps it, and both are noted, also through a merge key', () => {
  const [document] = parse('x: &x\n  ports: !reset []\nservices:\n  a:\n    <<: *x\n    env: !override {A: b}\n');
  expect(document?.value).toEqual({ x: {}, services: { a: { env: { A: 'b' } } } });
  expect(document?.resets).toEqual([
    ['x', 'ports'],
    ['services', 'a', 'env'],
    ['services', 'a', 'ports'],
  ]);
});

test('entries know where they were written, also those that came through an alias', () => {
  const value = mappingIn('x: &x\n  image: redis\nservices:\n  a:\n    <<: *x\n    ports:\n      - "1"\n') as never as {
    services: { a: Mapping & { ports: string[] } };
  };
  const { a } = value.services;
  const at = (container: object, key: string | number, part: 'key' | 'value') => {
    const place = placeOf(container, key);
    return place && positionAt(place, part);
  };
  expect(at(a, 'image', 'key')).toEqual({ file: 'compose.yaml', line: 2, column: 3 });
  expect(at(a, 'image', 'value')).toEqual({ file: 'compose.yaml', line: 2, column: 10 });
  expect(at(a.ports, 0, 'value')).toEqual({ file: 'compose.yaml', line: 7, column: 9 });
});

test('an empty file holds no document, and several documents are all read', () => {
  expect(parse('')).toEqual([]);
  expect(parse('# only a comment\n')).toEqual([]);
  expect(parse('a: 1\n---\nb: 2\n').map(({ value }) => value)).toEqual([{ a: 1 }, { b: 2 }]);
});

test('every duplicate key is reported with its place', () => {
  const error = errorOf(() => parse('a: 1\na: 2\nb:\n  <<: {c: 1}\n  <<: {d: 1}\n'));
  expect(summary(error)).toEqual(['COMPOSE_SYNTAX 2:1', 'COMPOSE_SYNTAX 5:3']);
});

test.each([
  ['a key that is a number', 'a: {1: x}', 'COMPOSE_INVALID 1:5'],
  ['a key that is null', '~: x', 'COMPOSE_INVALID 1:1'],
  ['an alias without an anchor', 'a: *b', 'COMPOSE_SYNTAX 1:4'],
  ['an anchor inside itself', 'a: &a {b: *a}', 'COMPOSE_SYNTAX 1:11'],
  ['a merge key with a text', 'a: {<<: b}', 'COMPOSE_SYNTAX 1:9'],
  ['a tab as indentation', 'a:\n\tb: 1', 'COMPOSE_SYNTAX 2:1'],
  ['a key that is a list', 'a: {? [b] : c}', 'COMPOSE_INVALID 1:7'],
  ['a key that stands for a list', 'x: &x [b]\na: {*x : c}', 'COMPOSE_INVALID 2:5'],
  ['a merge key with nothing', 'a: {<<: , b: c}', 'COMPOSE_SYNTAX 1:9'],
  ['a list of too many lists', `a: ${'['.repeat(200)}${']'.repeat(200)}`, 'COMPOSE_SYNTAX 1:203'],
  ['a bracket that does not close', 'a: [1', 'COMPOSE_SYNTAX 1:6'],
])('%s is an error with its place', (_what, text, expected) => {
  expect(summary(errorOf(() => parse(text)))).toContain(expected);
});

test('a key may stand for a text, and a pair in a list is a mapping', () => {
  expect(mappingIn('x: &x name\na: {*x : 1}\n')).toEqual({ x: 'name', a: { name: 1 } });
  const value = mappingIn('a: [b: 1, c]\n') as never as { a: object };
  expect(value).toEqual({ a: [{ b: 1 }, 'c'] });
  const place = placeOf(value.a, 0);
  expect(place && positionAt(place)).toEqual({ file: 'compose.yaml', line: 1, column: 5 });
});

test('an anchor bomb is refused', () => {
  const lines = ['x0: &x0 {k: v}'];
  for (let level = 1; level < 20; level += 1) lines.push(`x${level}: &x${level} [${`*x${level - 1}, `.repeat(9)}]`);
  expect(errorOf(() => parse(lines.join('\n'))).message).toContain('aliases multiply its size');
});

test('aliases within reason are no bomb', () => {
  const services = Array.from({ length: 300 }, (_, index) => `  s${index}: {<<: *base, hostname: h${index}}`);
  const value = mappingIn(`x-base: &base {image: redis, environment: {A: b}}\nservices:\n${services.join('\n')}\n`);
  expect(Object.keys(value['services'] as Mapping)).toHaveLength(300);
});

test.each([
  ['flow lists', `a: ${'['.repeat(50_000)}`],
  ['block mappings', Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
])('%s that nest without end are refused', (_what, text) => {
  expect(errorOf(() => parse(text)).code).toBe('COMPOSE_SYNTAX');
});

test('a document of more values than any project has is refused', () => {
  expect(errorOf(() => parse('- a\n'.repeat(100_001))).message).toContain('more than 100000 values');
});
