import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from '../lib/build.mjs';
import { must } from '../lib/exec.mjs';
import { root } from '../setup.mjs';
import { addHits } from './add-hits.mjs';
import { measure } from './measure.mjs';

let folder;
let inVitest;
let measured;

// One unit test with Vitest's own coverage, which also lists all files of which nothing ran, and two processes of the build.
beforeAll(async () => {
  await build(root);
  folder = await mkdtemp(path.join(tmpdir(), 'portside-coverage-'));
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const args = ['run', '--coverage', `--coverage.reportsDirectory=${folder}`, 'src/model/with-signals.test.ts'];
  const { PORTSIDE_COVERAGE: _, ...env } = process.env;
  await must(process.execPath, [vitest, ...args], { cwd: root, env: { ...env, NODE_V8_COVERAGE: '' } });
  const url = JSON.stringify(pathToFileURL(path.join(root, 'dist/model/duration.js')));
  const program = `import { parseDuration } from ${url}; parseDuration(process.argv[1]);`;
  const processFolder = path.join(folder, 'processes');
  for (const text of ['5s', 'x']) {
    await must(process.execPath, ['--input-type=module', '--eval', program, '--', text], {
      env: { ...env, NODE_V8_COVERAGE: processFolder },
    });
  }
  const vitestFile = path.join(folder, 'coverage-final.json');
  inVitest = JSON.parse(await readFile(vitestFile, 'utf8'));
  measured = await measure({ root, vitestFile, processFolder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What ran of a file: how often each statement that begins on a line, or each function of a name. */
const functionsOf = ({ fnMap, f }) => Object.fromEntries(Object.keys(f).map((key) => [fnMap[key].name, f[key]]));
const places = ({ statementMap, branchMap }) =>
  [...Object.values(statementMap), ...Object.values(branchMap).map(({ loc }) => loc)].map(({ start }) => start.line);

test('H110 measure() finds in every source the same statements, functions and branches by both ways', () => {
  const files = Object.keys(inVitest);
  expect(files.length).toBeGreaterThan(500);
  expect(measured.foreign).toEqual([]);
  let apart = 0;
  for (const file of files) {
    const [one, both] = [places(inVitest[file]), places(measured.map.fileCoverageFor(file))];
    expect({ file, nodes: both.length }).toEqual({ file, nodes: one.length });
    for (const [index, line] of one.entries()) if (line !== both[index]) apart += 1;
    expect({ file, apart: one.filter((line, index) => Math.abs(line - both[index]) > 2) }).toEqual({ file, apart: [] });
  }
  // Of some twenty thousand nodes: a parameter on a line of its own is placed at the line before.
  expect(apart).toBeLessThan(50);
});

test('H110 measure() counts what only processes ran, and what only Vitest ran', () => {
  const duration = measured.map.fileCoverageFor(path.join(root, 'src/model/duration.ts'));
  expect(functionsOf(duration)).toEqual({ parseDuration: 2, formatDuration: 0 });
  expect(Object.values(duration.b)[1]).toEqual([1, 1]);
  const withSignals = path.join(root, 'src/model/with-signals.ts');
  expect(functionsOf(measured.map.fileCoverageFor(withSignals))).toEqual(functionsOf(inVitest[withSignals]));
  expect(inVitest[withSignals].f[0]).toBeGreaterThan(0);
});

test('addHits() adds nothing where the nodes differ', () => {
  const files = Object.values(inVitest).filter(({ s }) => Object.keys(s).length > 0);
  const [one, other] = files.map((file) => structuredClone(file));
  const before = structuredClone(one);
  expect(addHits(one, other)).toBe(false);
  expect(one).toEqual(before);
  expect(addHits(one, before)).toBe(true);
  expect(Object.values(one.s)).toEqual(Object.values(before.s).map((hits) => hits * 2));
});
