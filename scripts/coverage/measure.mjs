import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import coverage from 'istanbul-lib-coverage';
import { addHits } from './add-hits.mjs';
import { mapToSource } from './map-to-source.mjs';
import { readProcesses } from './read-processes.mjs';

/**
 * Adds up what ran in Vitest's own workers (Istanbul's `coverage-final.json`) and in the processes that tests started (a folder of V8's
 * files): `{ map, processes, foreign }`, `map` being Istanbul's coverage map of all sources of which something is in `dist`.
 */
export async function measure({ root, vitestFile, processFolder }) {
  const dist = path.join(root, 'dist');
  const { scripts, ...rest } = readProcesses(processFolder, dist);
  const inVitest = existsSync(vitestFile) ? JSON.parse(readFileSync(vitestFile, 'utf8')) : {};
  const map = coverage.createCoverageMap({});
  const isScript = (file) => /\.c?js$/.test(file) && !/\.test\.js$/.test(file);
  for (const script of readdirSync(dist, { recursive: true }).filter(isScript).sort()) {
    for (const [source, counts] of Object.entries(await mapToSource(path.join(dist, script), scripts.get(script)))) {
      if (inVitest[source] !== undefined) addHits(counts, inVitest[source]);
      map.addFileCoverage(counts);
    }
  }
  return { map, ...rest };
}
