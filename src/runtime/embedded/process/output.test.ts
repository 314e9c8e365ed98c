import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { ServiceOutput } from './output.js';

let output: ServiceOutput;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'portside-output-'));
  output = new ServiceOutput(join(folder, 'logs/a.log'));
  onTestFinished(() => {
    output.close();
    rmSync(folder, { recursive: true });
  });
});

/** Writes the pieces to a stream of the program, and waits until they are taken in. */
async function printed(...pieces: readonly (string | Buffer)[]): Promise<void> {
  const stream = new PassThrough();
  output.attach(stream, 'stdout');
  for (const piece of pieces) stream.write(piece);
  stream.end();
  await new Promise((resolve) => stream.once('close', resolve));
}

const texts = () => output.lines().map(({ text }) => text);

test('lines are put together from pieces, whatever ends them', async () => {
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
  await printed('one\r\ntw', 'o\n', first, second, '\nno end');
  expect(texts()).toEqual(['one', 'two', 'é', 'no end']);
});

test('a line that never ends is cut into pieces', async () => {
  await printed('x'.repeat(150_000));
  expect(texts().map(({ length }) => length)).toEqual([65_536, 65_536, 18_928]);
});

test('what comes later is followed until the end', async () => {
  output.note('before\nhand');
  const lines: string[] = [];
  const following = (async () => {
    for await (const { text } of output.read({ follow: true, tail: 1 })) lines.push(text);
  })();
  await expect.poll(() => lines).toEqual(['hand']);
  output.note('one');
  output.note('two');
  await expect.poll(() => lines).toEqual(['hand', 'one', 'two']);
  output.close();
  await following;
  output.note('too late');
  output.close();
  for await (const line of output.read({ follow: true })) expect(line).toBeUndefined();
});

test('following ends when its signal aborts', async () => {
  const controller = new AbortController();
  const following = output.read({ follow: true, signal: controller.signal }).next();
  setImmediate(() => controller.abort());
  expect(await following).toEqual({ done: true, value: undefined });
});
