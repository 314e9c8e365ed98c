import { describe, expect, test } from 'vitest';
import { Problems } from '../problems.js';
import type { Value } from '../yaml/value.js';
import {
  bytes,
  command,
  count,
  type Decoder,
  duration,
  environment,
  flag,
  flagWhenTrue,
  integer,
  labels,
  list,
  mode,
  record,
  single,
  struct,
  text,
  textOrTexts,
  texts,
  whenNotZero,
} from './fields.js';

/** What a decoder makes of a value, and what it has reported. */
function decode(decoder: Decoder, value: Value) {
  const problems = new Problems();
  const container = { key: value };
  const result = decoder(value, { container, key: 'key', path: ['key'], problems });
  let reported: string | undefined;
  try {
    problems.throwIfAny();
  } catch (error) {
    reported = (error as Error).message;
  }
  return { result, reported };
}

const every = {
  text,
  flag,
  flagWhenTrue,
  integer,
  count,
  single,
  bytes,
  duration,
  mode,
  texts,
  textOrTexts,
  labels,
  environment,
  command,
  list: list(text),
  record: record(text),
  struct: struct({ a: text }),
  whenNotZero: whenNotZero(integer),
};

test.each(Object.entries(every))('%s leaves out what is empty', (_name, decoder) => {
  expect(decode(decoder, null)).toEqual({ result: undefined, reported: undefined });
});

// Whatever the schema lets through, a decoder takes nothing that it would have to guess at.
describe('a value of the wrong type is reported, and left out', () => {
  test.each<[keyof typeof every, Value, string]>([
    ['text', 1.5, 'a string. Current value is 1.5'],
    ['flag', 'perhaps', 'true or false. Current value is "perhaps"'],
    ['flag', 1, 'true or false. Current value is 1'],
    ['flagWhenTrue', ['x'], 'true or false. Current value is ["x"]'],
    ['integer', 'many', 'an integer. Current value is "many"'],
    ['integer', true, 'an integer. Current value is true'],
    ['count', -1, 'at least 0. Current value is -1'],
    ['count', '-5', 'at least 0. Current value is "-5"'],
    ['single', '', 'a number. Current value is ""'],
    ['single', true, 'a number. Current value is true'],
    ['single', [1], 'a number. Current value is [1]'],
    ['bytes', 'much', 'a size such as 512m or 2g. Current value is "much"'],
    ['bytes', true, 'a size such as 512m or 2g. Current value is true'],
    ['duration', 'long', 'a duration such as 1m30s. Current value is "long"'],
    ['mode', '9', 'an octal file mode. Current value is "9"'],
    ['mode', 1.5, 'an octal file mode. Current value is 1.5'],
    ['list', 'x', 'a list. Current value is "x"'],
    ['textOrTexts', 5, 'a list. Current value is 5'],
    ['record', ['x'], 'a mapping. Current value is ["x"]'],
    ['labels', 'x', 'a mapping or a list. Current value is "x"'],
    ['command', { a: 'b' }, 'a string or a list, and is a mapping. Current value is {"a":"b"}'],
    ['command', `a 'b`, `a command whose quotes and parentheses come out even. Current value is "a 'b"`],
    ['struct', 'x', 'a mapping. Current value is "x"'],
  ])('%s of %j', (name, value, message) => {
    expect(decode(every[name], value)).toEqual({
      result: undefined,
      reported: `Cannot use key: it must be ${message}.`,
    });
  });

  test('an entry of a list is reported by its place in it', () => {
    expect(decode(texts, ['a', { b: 'c' }])).toEqual({
      result: ['a', null],
      reported: 'Cannot use key[1]: it must be a string. Current value is {"b":"c"}.',
    });
    expect(decode(environment, ['A =1']).reported).toBe(
      'Cannot use key[0]: it must be NAME=VALUE without a space before the equals sign. Current value is "A =1".',
    );
  });
});

test.each<[keyof typeof every, Value, unknown]>([
  ['text', '', undefined],
  ['text', 5, '5'],
  ['flag', 'yes', true],
  ['flag', 'off', false],
  ['flag', false, false],
  ['flagWhenTrue', false, undefined],
  ['integer', '-12', -12],
  ['integer', 1.9, 1],
  ['count', '3', 3],
  ['whenNotZero', 0, undefined],
  ['whenNotZero', 2, 2],
  ['single', '0.1', 0.1],
  ['single', 1 / 3, 0.33333333],
  ['bytes', 1.5, '1'],
  ['bytes', '1k', '1024'],
  ['bytes', 0, undefined],
  ['mode', '0440', '0440'],
  ['mode', 0o440, '0440'],
  ['list', [], undefined],
  ['textOrTexts', 'a', ['a']],
  ['record', {}, undefined],
  ['record', { a: null, b: 'c' }, { a: null, b: 'c' }],
  ['labels', ['a', 'b=c=d'], { a: '', b: 'c=d' }],
  ['environment', { A: null, B: 1 }, { A: null, B: '1' }],
  ['labels', {}, undefined],
  ['command', ['a', 1], ['a', '1']],
  ['command', '', []],
  ['struct', { a: 'b', other: 1 }, { a: 'b' }],
])('%s of %j is %j', (name, value, result) => {
  expect(decode(every[name], value)).toEqual({ result, reported: undefined });
});
