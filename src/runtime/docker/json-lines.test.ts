import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { jsonLines } from './json-lines.js';

async function read(stream: Readable): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of jsonLines(stream)) values.push(value);
  return values;
}

test('jsonLines() gives the documents of a stream, whatever stands between them', async () => {
  expect(await read(Readable.from(['{"a":1}\r\n{"b"', ':2}\n\nno json\n{"c":3}']))).toEqual([
    { a: 1 },
    { b: 2 },
    { c: 3 },
  ]);
});

test('jsonLines() fails when its stream breaks', async () => {
  const stream = new Readable({ read() {} });
  stream.push('{"a":1}\n');
  setImmediate(() => stream.destroy(new Error('the engine is gone')));
  await expect(read(stream)).rejects.toThrow('the engine is gone');
});
