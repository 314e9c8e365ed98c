// Runs the Compose conformance cases against the build and prints a table; `--verbose` shows every case that failed.
// Exits with 1 when a file has fewer than 99 % of its cases right.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Table from 'cli-table3';
import { runConformance } from './conformance-cases.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cases = join(root, '..', 'shared', 'conformance', 'compose');
const build = join(root, 'dist', 'compose');
const required = 0.99;

if (!existsSync(cases)) {
  console.error(`Cannot run the conformance cases: ${cases} is not there.`);
  process.exit(1);
}
if (!existsSync(join(build, 'index.js'))) {
  console.error('Cannot run the conformance cases: there is no build. Run "npm run build" first.');
  process.exit(1);
}

const load = (file) => import(pathToFileURL(join(build, file)).href);
const files = [
  'index.js',
  'problems.js',
  'canonical/ports.js',
  'canonical/volumes.js',
  'dotenv/parse.js',
  'interpolation/template.js',
  'merge/merge.js',
  'merge/unicity.js',
  'yaml/parse.js',
];
const modules = Object.assign({}, ...(await Promise.all(files.map(load))));
const rows = runConformance(cases, modules);

const table = new Table({ head: ['file', 'passed', 'failed', 'skipped', 'share'], style: { head: [], border: [] } });
for (const { file, passed, failed, skipped } of rows) {
  const share = passed / Math.max(1, passed + failed.length);
  table.push([
    file,
    passed,
    failed.length,
    skipped.map(({ why }) => why).join(', ') || 0,
    `${(share * 100).toFixed(1)} %`,
  ]);
}
console.log(table.toString());
const verbose = process.argv.includes('--verbose');
for (const { file, failed } of rows) {
  for (const { id, why } of failed)
    console.log(`${file} ${id}: ${verbose || why.length < 200 ? why : `${why.slice(0, 200)}...`}`);
}
if (rows.some(({ passed, failed }) => failed.length > 0 && passed / (passed + failed.length) < required))
  process.exitCode = 1;
