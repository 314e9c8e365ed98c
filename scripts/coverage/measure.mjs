import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import coverage from 'istanbul-lib-coverage';
import { addHits } from './add-hits.mjs';
import { mapToSource } from './map-to-source.mjs';
import { readProcesses } from './read-processes.mjs';

/**
 * Adds up what ran in Vitest's own workers (Istanbul's `coverage-final.json`) and in the processes that tests started (a folder of V8's
 * files): `{ map, processes, foreign }`, `map` being Istanbul's coverage map of all sources that have a script in `dist`, and `foreign` what ran
 * in a form that differs from that in `dist` and is left out.
 */
export async function measure({ root, vitestFile, processFolder }) {
  const dist = path.join(root, 'dist');
  const { scripts, processes, foreign } = readProcesses(processFolder, dist);
  const inVitest = existsSync(vitestFile) ? JSON.parse(readFileSync(vitestFile, 'utf8')) : {};
  const counts = new Map();
  const add = (source, more) => {
    if (!counts.has(source)) counts.set(source, more);
    else addHits(counts.get(source), more);
  };
  // The agent's bundle is not mapped to its sources: in coverage runs, agents load its modules.
  const isScript = (file) => /\.c?js$/.test(file) && existsSync(path.join(dist, `${file}.map`));
  for (const script of readdirSync(dist, { recursive: true }).filter(isScript).sort()) {
    const sources = await mapToSource(path.join(dist, script), scripts.get(script));
    for (const [source, more] of Object.entries(sources)) add(source, more);
  }
  for (const [source, more] of Object.entries(inVitest)) if (counts.has(source)) add(source, more);
  return { map: coverage.createCoverageMap(Object.fromEntries(counts)), processes, foreign };
}
