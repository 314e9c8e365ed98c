import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setup } from '../scripts/setup.mjs';
import { demoFile } from './lib/demo-stack.mjs';
import { firstStart } from './lib/first-start.mjs';
import { usageOf } from './lib/process-usage.mjs';
import { row } from './lib/row.mjs';

const { openEnvironment } = await import(new URL('../dist/index.js', import.meta.url));

/** So long after the start the pools are full and nothing more is to do. */
const settleMs = 10_000;
/** Between two leases: 200 a minute. */
const pauseMs = 300;

/**
 * Watches the agent of the demo stack on both runtimes: at rest, with one session open, and while somebody leases and releases a database
 * two hundred times a minute. What counts is the agent's own process, not the servers that it started.
 */
export async function bench(say, { seconds = 30 } = {}) {
  if (process.platform !== 'linux') {
    say('left out: only Linux tells the processor time of another process');
    return [];
  }
  await setup();
  const rows = [];
  for (const runtime of ['docker', 'embedded']) {
    const folder = mkdtempSync(join(tmpdir(), 'psb-'));
    try {
      rows.push(...(await onRuntime(runtime, folder, seconds * 1000, say)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return rows;
}

async function onRuntime(runtime, folder, watchedMs, say) {
  const environment = { ...process.env, PORTSIDE_STATE_DIR: folder, PORTSIDE_SNAPSHOTS: 'on' };
  const source = { cwd: folder, files: [demoFile], environment, settings: { runtime } };
  say(`${runtime}: a first start, which makes the snapshot`);
  await firstStart(source);
  const env = await openEnvironment({ source, client: 'bench' });
  try {
    await sleep(settleMs);
    say(`${runtime}: ${watchedMs / 1000} s at rest`);
    const rest = await usageOf(env.agentPid, watchedMs);
    say(`${runtime}: ${watchedMs / 1000} s with 200 leases a minute`);
    const end = new AbortController();
    const leasing = leaseUntil(env, end.signal);
    const load = await usageOf(env.agentPid, watchedMs);
    end.abort();
    await leasing;
    return rowsOf(runtime, rest, load);
  } finally {
    await env.close();
  }
}

async function leaseUntil(env, signal) {
  while (!signal.aborted) {
    await (await env.lease('postgres-primary')).release();
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

function rowsOf(runtime, rest, load) {
  const of = (id, what, value, unit, more) =>
    row({ id: `rest.${runtime}.${id}`, what: `agent ${what}, ${runtime}`, value, unit, ...more });
  return [
    of('memory', 'at rest: resident memory', rest.megabytes, 'MB', { limit: 90 }),
    of('cpu', 'at rest: share of one processor', rest.percent, '%', { limit: 0.5 }),
    of('load.memory', 'with 200 leases a minute: resident memory', load.megabytes, 'MB', {
      against: `at rest, ${Math.round(rest.megabytes)} MB`,
      floor: rest.megabytes,
    }),
    of('load.cpu', 'with 200 leases a minute: share of one processor', load.percent, '%'),
  ];
}
