import { expect, test } from 'vitest';
import { substitute } from './template.js';

const variables: Readonly<Record<string, string>> = { SET: 'value', EMPTY: '', OTHER: 'x' };
const fill = (template: string) => substitute(template, (name) => variables[name]);

test.each([
  ['$SET', 'value'],
  ['${SET}', 'value'],
  ['a$SET-b', 'avalue-b'],
  ['$$SET', '$SET'],
  ['$$$SET', '$value'],
  ['100%$', '100%$'],
  ['$1', '$1'],
  ['${UNSET}', ''],
  ['${UNSET:-d}', 'd'],
  ['${EMPTY:-d}', 'd'],
  ['${EMPTY-d}', ''],
  ['${SET:-d}', 'value'],
  ['${SET:+d}', 'd'],
  ['${EMPTY:+d}', ''],
  ['${EMPTY+d}', 'd'],
  ['${UNSET+d}', ''],
  ['${UNSET:-${EMPTY:-${SET}}}', 'value'],
  ['${UNSET:-a${OTHER}b}', 'axb'],
  ['${UNSET:-{"a":{"b":1}}}', '{"a":{"b":1}}'],
  ['${UNSET:-a:-b}', 'a:-b'],
  ['${SET:?why}', 'value'],
  ['${UNSET:-$$}', '$'],
])('%s is filled in as %j', (template, expected) => {
  expect(fill(template)).toMatchObject({ text: expected });
  expect(fill(template).error).toBeUndefined();
});

test.each(['${', '${}', '${ SET}', '${SET', '${SET!}', '${1}', '${UNSET:-${}}', '${UNSET:-a\nb}'])(
  '%j has no valid form',
  (template) => {
    expect(fill(template).error).toMatchObject({ type: 'invalid' });
  },
);

test.each([
  ['${UNSET:?no ${OTHER}}', { type: 'missing', variable: 'UNSET', reason: 'no x' }],
  ['${EMPTY:?}', { type: 'missing', variable: 'EMPTY', reason: '' }],
  ['${UNSET?gone}', { type: 'missing', variable: 'UNSET', reason: 'gone' }],
])('%s reports the variable and its message', (template, expected) => {
  expect(fill(template).error).toEqual(expected);
});

test('variables that are not set are named, those with a default are not', () => {
  expect(fill('$A ${B} ${C:-c} $SET').unset).toEqual(['A', 'B']);
});

test('a default that is not needed is not filled in', () => {
  expect(fill('${SET:-${UNSET:?never}}')).toEqual({ text: 'value', unset: [] });
});

test('defaults that nest without end are refused', () => {
  const depth = 10_000;
  expect(fill(`${'${A:-'.repeat(depth)}${'}'.repeat(depth)}`).error).toMatchObject({ type: 'invalid' });
});
