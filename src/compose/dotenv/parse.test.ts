import { expect, test } from 'vitest';
import { DotenvError, parseDotenv } from './parse.js';
import { parseRawEnv } from './raw.js';

const outer = (name: string) => ({ HOME: '/home/me' })[name as 'HOME'];

test.each([
  ['A=1', { A: '1' }],
  ['A: 1', { A: '1' }],
  ['A = 1 ', { A: '1' }],
  ['export A=1', { A: '1' }],
  ['exportA=1', { exportA: '1' }],
  ['A=', { A: '' }],
  ['A=b#c', { A: 'b#c' }],
  ['A=b #c', { A: 'b' }],
  ['# A=1\nB=2', { B: '2' }],
  ['A="b\\nc\\t\\"d\\""', { A: 'b\nc\t"d"' }],
  ['A="\\0101\\0777\\012\\c\\q"', { A: 'A\\0777\\012\\c\\q' }],
  ["A='b\\nc $HOME'", { A: 'b\\nc $HOME' }],
  ['A="one\ntwo"\nB=3', { A: 'one\ntwo', B: '3' }],
  ['A=$HOME/x', { A: '/home/me/x' }],
  ['A=1\nB=${A}2\nC="$B"', { A: '1', B: '12', C: '12' }],
  ['A="\\$HOME"', { A: '$HOME' }],
  ['HOME\nB=1', { HOME: '/home/me', B: '1' }],
  ['UNSET\nB=1', { B: '1' }],
  ['\ufeffA=1', { A: '1' }],
  ['A.b-c_d[0]=1', { 'A.b-c_d[0]': '1' }],
  ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
])('%j is read', (text, expected) => {
  expect(parseDotenv(text, outer)).toEqual(expected);
});

test.each([
  ['A=1\nB="2\nC=3', 2],
  ['A B=1', 1],
  ['A=1\n\nB;=1', 3],
  ['A=${B', 1],
  ['A=1\nB=${C:?needed}', 2],
  ['A=1\nB=${C?}', 2],
  ['A="1\\', 1],
])('%j is an error on its line', (text, line) => {
  expect(() => parseDotenv(text, outer)).toThrowError(DotenvError);
  try {
    parseDotenv(text, outer);
  } catch (error) {
    expect(error).toMatchObject({ line });
  }
});

test('raw files are taken as they stand', () => {
  const variables: Record<string, string> = {};
  parseRawEnv('# c\n  A="x" #y\nB=$HOME\nHOME\nUNSET\nC=\n', outer, variables);
  expect(variables).toEqual({ A: '"x" #y', B: '$HOME', HOME: '/home/me', C: '' });
});

test('a raw name with a space is an error on its line', () => {
  expect(() => parseRawEnv('A=1\nB C=2', outer, {})).toThrowError(expect.objectContaining({ line: 2 }));
});
