import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { readProcesses } from './read-processes.mjs';

const text = 'function a() {}\na();\n';

/** V8's ranges of a script that holds one function. */
const ran = (url, count, length = text.length) => ({
  scriptId: '1',
  url,
  functions: [
    { functionName: '', ranges: [{ startOffset: 0, endOffset: length, count: 1 }], isBlockCoverage: true },
    { functionName: 'a', ranges: [{ startOffset: 0, endOffset: 15, count }], isBlockCoverage: true },
  ],
});

function read(...processes) {
  const folder = mkdtempSync(path.join(tmpdir(), 'portside-processes-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const dist = path.join(folder, 'repository/dist');
  mkdirSync(path.join(dist, 'x'), { recursive: true });
  writeFileSync(path.join(dist, 'x/a.js'), text);
  const files = path.join(folder, 'files');
  mkdirSync(files);
  for (const [index, scripts] of processes.entries()) {
    const result = scripts(path.join(dist, 'x/a.js'));
    writeFileSync(path.join(files, `coverage-${index}.json`), JSON.stringify({ result }));
  }
  return readProcesses(files, dist);
}

test('readProcesses() adds up the build and its installed copies, and leaves everything else out', () => {
  const { processes, scripts, foreign } = read(
    (file) => [ran(pathToFileURL(file).href, 1), ran('node:fs', 1), ran('file:///elsewhere/dist/x/a.js', 1)],
    () => [ran('file:///tmp/project/node_modules/portside/dist/x/a.js', 2)],
    () => [ran('/tmp/project/node_modules/portside/dist/x/a.js', 4)],
  );
  expect({ processes, foreign, files: [...scripts.keys()] }).toEqual({
    processes: 3,
    foreign: [],
    files: [path.join('x', 'a.js')],
  });
  expect(scripts.get(path.join('x', 'a.js')).find(({ functionName }) => functionName === 'a').ranges).toEqual([
    { startOffset: 0, endOffset: 15, count: 7 },
  ]);
});

test('readProcesses() leaves out a script that ran with another text, and names it', () => {
  const { scripts, foreign } = read((file) => [ran(pathToFileURL(file).href, 1, text.length + 20)]);
  expect(scripts.size).toBe(0);
  expect(foreign).toEqual([path.join('dist', 'x', 'a.js')]);
});
