// Draws the cost curves of a run as pictures: npm run bench -- growth plan suites --json FILE, then node bench/plots.mjs FILE docs/plots
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plot } from './lib/plot.mjs';

const curves = [
  ['services', /^growth\.services\.(\d+)$/, 'Redis services started together', 'services'],
  ['suites', /^growth\.suites\.(\d+)$/, 'Suites that join and lease a database at the same time', 'suites'],
  ['leases', /^growth\.leases\.(\d+)$/, 'Leases taken and released one after the other', 'leases'],
  ['runs', /^suites\.docker\.(\d+)$/, 'Whole runs of Vitest on Docker, by suites that run at the same time', 'suites'],
  ['compose', /^plan\.services\.(\d+)$/, 'portside plan by the size of the Compose file', 'services in the file'],
];

const [file, folder] = process.argv.slice(2);
if (file === undefined || folder === undefined) {
  console.error('Cannot draw: name the JSON file of a run and the folder for the pictures.');
  process.exit(2);
}
const rows = JSON.parse(readFileSync(file, 'utf8'));
mkdirSync(folder, { recursive: true });
for (const [name, pattern, title, unit] of curves) {
  const points = rows.flatMap(({ id, value }) => {
    const count = pattern.exec(id)?.[1];
    return count === undefined ? [] : [{ x: Number(count), y: value }];
  });
  if (points.length < 2) continue;
  writeFileSync(join(folder, `${name}.svg`), plot({ title, xLabel: unit, yLabel: 'ms', points }));
  console.log(`${join(folder, `${name}.svg`)}: ${points.length} points`);
}
