import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setup } from '../scripts/setup.mjs';
import { memoryOf } from './lib/process-usage.mjs';
import { row } from './lib/row.mjs';

const library = fileURLToPath(new URL('../dist/index.js', import.meta.url));
const { attachEnvironment, openEnvironment } = await import(library);

const serviceCounts = [1, 10, 30, 100];
const suiteCounts = [1, 8, 32, 128];
const leaseCounts = [1, 100, 500, 1000, 2000];

/**
 * Measures on the embedded runtime what more of something costs: services in an environment, suites that join it and lease, leases
 * one after the other, and the agent's memory meanwhile. A cost that is linear has the same share for each at every count.
 */
export async function bench(say) {
  await setup();
  const folder = mkdtempSync(join(tmpdir(), 'psb-'));
  try {
    return [...(await services(folder, say)), ...(await suitesAndLeases(folder, say))];
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

async function services(folder, say) {
  const times = [];
  for (const count of serviceCounts) {
    say(`${count} Redis services`);
    const one = (index) => `  cache-${index}:\n    image: redis:7-alpine\n    ports: ["6379"]\n`;
    const text = `services:\n${Array.from({ length: count }, (_, index) => one(index)).join('')}`;
    const began = performance.now();
    const env = await opened(folder, `services-${count}`, text);
    times.push(performance.now() - began);
    await env.close();
  }
  return rowsOf('services', 'Redis services started', serviceCounts, times, 'ms');
}

async function suitesAndLeases(folder, say) {
  const text = `services:\n  db:\n    image: postgres:16-alpine\n    environment: { POSTGRES_PASSWORD: secret }\n    ports: ["5432"]\n`;
  const env = await opened(folder, 'leases', text);
  try {
    const suites = [];
    for (const count of suiteCounts) {
      say(`${count} suites join and lease`);
      const began = performance.now();
      const joined = await Promise.all(
        Array.from({ length: count }, async () => {
          const suite = await attachEnvironment({ socket: env.socket, client: 'bench', hold: false });
          await suite.lease('db');
          return suite;
        }),
      );
      suites.push(performance.now() - began);
      await Promise.all(joined.map((suite) => suite.close()));
    }
    // What the suites left is dropped first; that is not what a lease costs.
    await (await env.lease('db')).release();
    const leases = [];
    const memory = [memoryOf(env.agentPid)];
    let taken = 0;
    let spent = 0;
    for (const count of leaseCounts) {
      say(`${count} leases`);
      for (; taken < count; taken++) {
        const began = performance.now();
        await (await env.lease('db')).release();
        spent += performance.now() - began;
      }
      leases.push(spent);
      memory.push(memoryOf(env.agentPid));
    }
    return [
      ...rowsOf('suites', 'suites joined, each with a database leased', suiteCounts, suites, 'ms'),
      ...rowsOf('leases', 'leases taken and released one after the other', leaseCounts, leases, 'ms'),
      row({
        id: 'growth.memory',
        what: `resident memory of the agent after ${leaseCounts.at(-1)} leases`,
        value: memory.at(-1),
        unit: 'MB',
        against: `after the first, ${Math.round(memory[1])} MB`,
        floor: memory[1],
      }),
      row({
        id: 'growth.memory.rest',
        what: 'resident memory of the agent before any',
        value: memory[0],
        unit: 'MB',
        limit: 90,
      }),
    ];
  } finally {
    await env.close();
  }
}

function opened(folder, name, text) {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, text);
  const environment = { ...process.env, PORTSIDE_STATE_DIR: folder, PORTSIDE_SNAPSHOTS: 'off' };
  const source = { cwd: folder, files: [file], environment, settings: { runtime: 'embedded' } };
  return openEnvironment({ source, client: 'bench' });
}

/** The share of each at a count, beside the share at the smallest count that is more than one. */
function rowsOf(id, what, counts, values, unit) {
  const base = 1;
  return counts.map((count, index) =>
    row({
      id: `growth.${id}.${count}`,
      what: `${count} ${what}`,
      value: values[index],
      whole: values[index] / count,
      unit,
      against: `each of ${counts[base]}, ${(values[base] / counts[base]).toFixed(2)} ${unit}`,
      floor: values[base] / counts[base],
    }),
  );
}
