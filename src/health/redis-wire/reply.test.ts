import { expect, it } from 'vitest';
import { RedisFailure, readDump, readReply } from './reply.js';

const bytes = (text: string) => Buffer.from(text, 'latin1');

it.each([
  ['+OK\r\n', 'OK'],
  ['-NOPERM no\r\n', new RedisFailure('NOPERM no')],
  [':-42\r\n', -42],
  ['$-1\r\n', null],
  ['*-1\r\n', null],
  ['$0\r\n\r\n', Buffer.alloc(0)],
  ['$4\r\na\r\nb\r\n', bytes('a\r\nb')],
  ['*3\r\n$1\r\na\r\n*2\r\n:1\r\n-ERR x\r\n$-1\r\n', [bytes('a'), [1, new RedisFailure('ERR x')], null]],
])('reads %j, and asks for more while a part of it is missing', (text, reply) => {
  const whole = bytes(text);
  expect(readReply(Buffer.concat([bytes('xx'), whole, bytes('+next')]), 2)).toEqual({ reply, end: 2 + whole.length });
  for (let length = 0; length < whole.length; length++) {
    const { missing } = readReply(whole.subarray(0, length), 0) as { missing: number };
    expect(missing).toBeGreaterThan(length);
    expect(missing).toBeLessThanOrEqual(whole.length);
  }
});

it.each(['HTTP/1.1 400 Bad Request\r\n', 'x', '*1\r\n\r\n'])('takes %j for no answer of a Redis', (text) => {
  expect(() => readReply(bytes(text), 0)).toThrow('the answer is not a Redis one');
});

it('reads a dump after the line breaks that keep the connection alive', () => {
  const text = '\n\n$5\r\nREDIS*1\r\n$4\r\nPING\r\n';
  expect(readDump(bytes(text), 0)).toEqual({ reply: bytes('REDIS'), end: 11 });
  for (let length = 0; length < 11; length++) {
    const { missing } = readDump(bytes(text).subarray(0, length), 0) as { missing: number };
    expect(missing).toBeGreaterThan(length);
  }
});

it('gives the refusal of a dump', () => {
  expect(readDump(bytes('-NOPERM no\r\n'), 0)).toEqual({ reply: new RedisFailure('NOPERM no'), end: 12 });
});
