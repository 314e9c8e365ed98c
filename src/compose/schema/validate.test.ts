import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { describeWithConformance } from '../../../test/support/conformance.js';
import { PortsideError } from '../../model/index.js';
import { Problems } from '../problems.js';
import { type ParsedDocument, parseYaml } from '../yaml/parse.js';
import { isMapping, isSequence, type Mapping, type Value } from '../yaml/value.js';
import { validate } from './validate.js';

function accepts(document: Mapping): boolean {
  const problems = new Problems();
  validate(document, problems);
  return problems.count === 0;
}

// The reference has these keys, and the published schema does not have them yet.
const newerKeys = new Set(['no_cache_filter', 'pre_start', 'models']);

describeWithConformance('the published schema', (root) => {
  test('documents are accepted and refused as by the published schema', () => {
    const { $schema: _draft, ...schema } = JSON.parse(readFileSync(join(root, 'schema', 'compose-spec.json'), 'utf8'));
    const published = new Ajv({ strict: false }).compile(schema);
    const documents = [...inlineTexts(root), ...sampleTexts(root)].flatMap(documentsOf);
    expect(documents.length).toBeGreaterThan(150);
    let compared = 0;
    for (const document of documents) {
      for (const candidate of [document, ...mutations(document)]) {
        if (JSON.stringify(candidate).length > 20_000) continue;
        const theirs = published(candidate);
        if (accepts(candidate) !== theirs) {
          expect.fail(`ours: ${accepts(candidate)}, theirs: ${theirs} for ${JSON.stringify(candidate)}`);
        }
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(10_000);
  });
});

function inlineTexts(root: string): string[] {
  const { cases } = JSON.parse(readFileSync(join(root, 'compose-go.inline.json'), 'utf8'));
  return cases.flatMap(({ files }: { files: string[] }) => files);
}

function sampleTexts(root: string): string[] {
  const samples = join(root, 'awesome-compose');
  return readdirSync(samples).flatMap((name) => {
    const files = ['compose.yaml', 'compose.yml'].map((file) => join(samples, name, file));
    return files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'));
  });
}

function documentsOf(text: string): Mapping[] {
  return parsed(text).flatMap(({ value }) => (isMapping(value) && !mentions(value) ? [value] : []));
}

function parsed(text: string): readonly ParsedDocument[] {
  try {
    return parseYaml('case.yaml', text, new Problems());
  } catch (error) {
    if (PortsideError.is(error)) return [];
    throw error;
  }
}

function mentions(value: Value): boolean {
  if (isSequence(value)) return value.some(mentions);
  return isMapping(value) && Object.entries(value).some(([key, item]) => newerKeys.has(key) || mentions(item));
}

const replacements: readonly Value[] = [
  null,
  true,
  -1,
  0.5,
  101,
  'text',
  [],
  ['a', 'a'],
  [1, 'b'],
  { a: 'b' },
  { 'x-a': null },
];

/** Every value of a document replaced once by each of a set of others, and every mapping given an unknown key. */
function* mutations(document: Mapping): Generator<Mapping> {
  const text = JSON.stringify(document);
  for (const path of paths(document)) {
    for (const replacement of replacements) {
      const copy = JSON.parse(text) as Mapping;
      const parent = path.slice(0, -1).reduce<Value>((value, key) => (value as Mapping)[key as string] as Value, copy);
      (parent as Mapping)[path.at(-1) as string] = replacement;
      yield copy;
    }
  }
}

function paths(value: Value, path: readonly (string | number)[] = []): (string | number)[][] {
  const entries: [string | number, Value][] = isSequence(value)
    ? [...value.entries()]
    : isMapping(value)
      ? Object.entries(value)
      : [];
  return entries.flatMap(([key, item]) => [[...path, key], ...paths(item, [...path, key])]);
}

test.each([
  ['a wrong type', { services: { a: { image: 1 } } }],
  ['a value out of range', { services: { a: { oom_score_adj: 2000 } } }],
  ['a value out of a set', { services: { a: { cgroup: 'both' } } }],
  ['an entry that stands twice', { services: { a: { cap_add: ['A', 'A'] } } }],
  ['a missing key', { services: { a: { volumes: [{ target: '/a' }] } } }],
  ['an unknown key', { services: { a: { x: 1 } } }],
  ['a name with a space', { services: { 'a b': {} } }],
])('%s is refused', (_what, document) => {
  expect(accepts(document as unknown as Mapping)).toBe(false);
});

test('x- keys are accepted where the specification has them', () => {
  expect(accepts({ 'x-a': 1, services: { a: { 'x-b': [], build: { 'x-c': null } } } })).toBe(true);
  expect(accepts({ services: { a: { extends: { service: 'b', 'x-c': 1 } } } })).toBe(false);
});
