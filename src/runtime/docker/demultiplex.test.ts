import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { demultiplex } from './demultiplex.js';

function frame(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

async function read(pieces: readonly Buffer[]): Promise<string[]> {
  const lines: string[] = [];
  const stream = Readable.from(pieces, { objectMode: false });
  for await (const { stream: name, data } of demultiplex(stream, new AbortController().signal))
    lines.push(`${name}: ${data}`);
  return lines;
}

describe('demultiplex', () => {
  const mixed = Buffer.concat([frame(1, 'eins\n'), frame(2, 'Fehler: ü\n'), frame(1, ''), frame(1, 'zwei\n')]);

  it('takes standard output and standard error apart', async () => {
    expect(await read([mixed])).toEqual(['stdout: eins\n', 'stderr: Fehler: ü\n', 'stdout: ', 'stdout: zwei\n']);
  });

  it('does not care where the pieces were cut', async () => {
    for (let cut = 1; cut < mixed.length; cut += 1) {
      expect(await read([mixed.subarray(0, cut), mixed.subarray(cut)])).toEqual(await read([mixed]));
    }
  });

  it('rejects with the reason when the signal aborts', async () => {
    const controller = new AbortController();
    const endless = new Readable({ read() {} });
    const reading = demultiplex(endless, controller.signal).next();
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    expect(endless.destroyed).toBe(true);
  });
});
