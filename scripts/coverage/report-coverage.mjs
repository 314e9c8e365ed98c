import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { say } from '../lib/say.mjs';
import { measure } from './measure.mjs';
import { coverageTable, shortfalls } from './table.mjs';

/** The share of lines, and of branches, that the whole suite must run, in percent. */
const WANTED = 90;

/**
 * Prints what of the sources ran in a run of tests, Vitest's workers and all processes that tests started together, and keeps it as
 * `coverage/coverage-final.json` for other tools. Gives false when it had to reach the wanted share and has not.
 */
export async function reportCoverage({ root, processFolder, mustReach }) {
  const file = path.join(root, 'coverage/coverage-final.json');
  const { map, processes, foreign } = await measure({ root, vitestFile: file, processFolder });
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(map));
  say(`what ran of src, in Vitest's workers and ${processes} other processes; then the files that miss the most`);
  process.stdout.write(`${coverageTable(map, root)}\n`);
  if (foreign.length > 0) say(`left out where it ran in another form than that of the build: ${foreign.join(', ')}`);
  const short = mustReach ? shortfalls(map, WANTED) : [];
  for (const each of short) say(`too little is covered: ${each}`);
  return short.length === 0;
}
