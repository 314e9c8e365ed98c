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
  let lost = 0;
  for (const file of files) {
    const [one, both] = [places(inVitest[file]), places(measured.map.fileCoverageFor(file))];
    if (one.length !== both.length) {
      // Two nodes of one compiler at one place are one for its counts.
      lost += Math.abs(one.length - both.length);
      continue;
    }
    for (const [index, line] of one.entries()) if (line !== both[index]) apart += 1;
    expect({ file, apart: one.filter((line, index) => Math.abs(line - both[index]) > 2) }).toEqual({ file, apart: [] });
  }
  // Of some twenty thousand nodes: a parameter on a line of its own is placed at the line before.
  expect(apart).toBeLessThan(50);
  expect(lost).toBeLessThan(10);
});

test('H110 measure() counts what only processes ran, and what only Vitest ran', () => {
  const duration = measured.map.fileCoverageFor(path.join(root, 'src/model/duration.ts'));
  expect(functionsOf(duration)).toEqual({ parseDuration: 2, formatDuration: 0 });
  expect(Object.values(duration.b)[1]).toEqual([1, 1]);
  const withSignals = path.join(root, 'src/model/with-signals.ts');
  expect(functionsOf(measured.map.fileCoverageFor(withSignals))).toEqual(functionsOf(inVitest[withSignals]));
  expect(inVitest[withSignals].f[0]).toBeGreaterThan(0);
});

test('addHits() adds by order, and by place where one side lacks a node', () => {
  const file = Object.values(inVitest).find(({ s, b }) => Object.keys(s).length > 5 && Object.keys(b).length > 2);
  const full = structuredClone(file);
  for (const key of Object.keys(full.s)) full.s[key] = 1;
  for (const key of Object.keys(full.b)) full.b[key] = full.b[key].map(() => 1);

  const moved = structuredClone(full);
  for (const { start } of Object.values(moved.statementMap)) start.column += 3;
  addHits(moved, full);
  expect(new Set(Object.values(moved.s))).toEqual(new Set([2]));
  expect(new Set(Object.values(moved.b).flat())).toEqual(new Set([2]));

  const lacking = structuredClone(full);
  delete lacking.s[1];
  delete lacking.statementMap[1];
  const whole = structuredClone(full);
  addHits(whole, lacking);
  expect(Object.values(whole.s).filter((hits) => hits === 1)).toHaveLength(1);
  expect(whole.s[1]).toBe(1);
});
