import { expect, it } from 'vitest';
import { commandWords, splitWords } from './words.js';

it.each([
  ['node  dist/server.js --port 8080', ['node', 'dist/server.js', '--port', '8080']],
  [`a 'b c' "d \\"e\\"" f\\ g`, ['a', 'b c', 'd "e"', 'f g']],
  ['x "" y', ['x', '', 'y']],
  ["--pass=$PASS '$PASS' ${PASS}x", ['--pass=s3cret', '$PASS', 's3cretx']],
  ['a && b', undefined],
  ['a | b', undefined],
  ['echo $(date)', undefined],
  ['echo "$(date)"', undefined],
  ['echo ${X:-y}', undefined],
  ["unclosed 'quote", undefined],
])('splitWords makes of %j %j', (line, words) => {
  expect(splitWords(line, { PASS: 's3cret' })).toEqual(words);
});

it('commandWords looks into a shell line', () => {
  expect(commandWords(['redis-server', '--save', ''], {})).toEqual(['redis-server', '--save', '']);
  expect(commandWords(['sh', '-c', 'exec redis-server --requirepass "$P"'], { P: 'x y' })).toEqual([
    'redis-server',
    '--requirepass',
    'x y',
  ]);
  expect(commandWords(['/bin/sh', '-c', 'migrate && serve'], {})).toBeUndefined();
});
