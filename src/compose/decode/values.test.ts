import { expect, test } from 'vitest';
import { parseBytes } from './bytes.js';
import { canonicalDuration } from './duration.js';
import { splitWords } from './words.js';

test.each([
  ['1024', 1024],
  ['64m', 67_108_864],
  ['64MB', 67_108_864],
  ['1.5 GiB', 1_610_612_736],
  ['2gb', 2_147_483_648],
  ['10b', 10],
  ['-1', -1],
  ['1t', 1_099_511_627_776],
  ['', undefined],
  ['m', undefined],
  ['1x', undefined],
  ['1 kbb', undefined],
  ['-1k', undefined],
])('the size %j is %j bytes', (text, expected) => {
  expect(parseBytes(text)).toBe(expected);
});

test.each([
  ['10s', '10s'],
  ['90s', '1m30s'],
  ['1h', '1h0m0s'],
  ['1d2h', '26h0m0s'],
  ['1w', '168h0m0s'],
  ['1.5s', '1.5s'],
  ['100ms', '100ms'],
  ['1500us', '1.5ms'],
  ['30ns', '30ns'],
  ['0', '0s'],
  ['-3s', '-3s'],
  ['2.5m', '2m30s'],
  ['10', undefined],
  ['', undefined],
  ['s', undefined],
  ['1x', undefined],
])('the duration %j is written %j', (text, expected) => {
  expect(canonicalDuration(text)).toBe(expected);
});

test.each([
  ['bundle exec thin -p 3000', ['bundle', 'exec', 'thin', '-p', '3000']],
  ['redis-server --save "" --appendonly no', ['redis-server', '--save', '', '--appendonly', 'no']],
  ['sh -c \'echo "a b" $HOME\'', ['sh', '-c', 'echo "a b" $HOME']],
  ['a\\ b  c', ['a b', 'c']],
  ['echo a; rm b', ['echo', 'a']],
  ['run 2>log', ['run']],
  ['echo $(date now)', ['echo', '$(date now)']],
  ['', []],
  ['a "b', undefined],
  ['a )', undefined],
  ['a (b)', undefined],
])('the command %j is split into %j', (line, expected) => {
  expect(splitWords(line)).toEqual(expected);
});
