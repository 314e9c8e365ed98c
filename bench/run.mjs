// Measures portside on this machine: npm run bench -- [name ...] [--json FILE]. Without names, everything.
// Each figure stands beside a floor or a peer that was measured in the same run, so that ratios hold on other machines.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { rowsTable } from './lib/rows-table.mjs';

/** Every bench by name: each module exports `bench(say)`, which resolves to rows `{id, what, value, unit, against, ratio, target, met}`. */
const benches = {
  broadcast: () => import('./broadcast.mjs'),
  discovery: () => import('./discovery.mjs'),
  growth: () => import('./growth.mjs'),
  imports: () => import('./imports.mjs'),
  leases: () => import('./leases.mjs'),
  plan: () => import('./plan.mjs'),
  ports: () => import('./ports.mjs'),
  rest: () => import('./rest.mjs'),
  start: () => import('./start.mjs'),
  suites: () => import('./suites.mjs'),
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
const unknown = positionals.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`Cannot run ${unknown.join(', ')}: there is no such bench. Known: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}

const [{ model = 'unknown processor' } = {}] = cpus();
console.log(`Node ${process.versions.node} on ${cpus().length} x ${model}`);
const results = [];
const failed = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) {
  try {
    const { bench } = await benches[name]();
    results.push({ name, rows: await bench((text) => console.error(`${name}: ${text}`)) });
  } catch (error) {
    // What the others measured is not to be lost.
    failed.push(name);
    console.error(`${name}: ${error.stack}`);
  }
}
for (const { name, rows } of results) console.log(`\n${name}\n${rowsTable(rows)}`);
if (values.json !== undefined) {
  const rows = results.flatMap((result) => result.rows);
  writeFileSync(values.json, `${JSON.stringify(rows, undefined, 2)}\n`);
}
if (failed.length > 0) {
  console.error(`Cannot give figures of ${failed.join(', ')}: see above.`);
  process.exitCode = 1;
}
