import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setup } from '../scripts/setup.mjs';
import { demoFile } from './lib/demo-stack.mjs';
import { firstStart } from './lib/first-start.mjs';
import { median } from './lib/median.mjs';
import { row } from './lib/row.mjs';
import { installPortside, suitesProject } from './lib/suites-project.mjs';
import { runProgram } from './lib/time-programs.mjs';

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const counts = [1, 2, 4, 8, 16];
const peerCounts = [1, 2, 4];
const runtimes = { docker: 'Docker', embedded: 'embedded' };

/**
 * Times whole runs of Vitest, from the start of its process to its end, with N test files that run at the same time and each use a database, a
 * Redis and an API of their own: with portside from a cold start, and with containers of Testcontainers for each file.
 */
export async function bench(say, { rounds = 3 } = {}) {
  await setup();
  const folder = mkdtempSync(join(tmpdir(), 'psb-'));
  const environment = { ...process.env, PORTSIDE_STATE_DIR: folder, PORTSIDE_SNAPSHOTS: 'on' };
  const sourceOf = (runtime) => ({ cwd: folder, files: [demoFile], environment, settings: { runtime } });
  try {
    installPortside(folder);
    say('first starts, which build the image of the API and make the snapshots');
    await firstStart(sourceOf('embedded'));
    const { api } = await firstStart(sourceOf('docker'));
    const programs = [
      ...counts.map((count) => ['alone', count]),
      ...counts.flatMap((count) => Object.keys(runtimes).map((runtime) => [runtime, count])),
      ...peerCounts.map((count) => ['containers', count]),
    ].map(([kind, count]) => {
      const cwd = suitesProject(folder, kind in runtimes ? 'portside' : kind, count, api.Image);
      const variables = { ...environment, ...(kind in runtimes ? { PORTSIDE_RUNTIME: kind } : {}) };
      return { id: `${kind} ${count}`, cwd, env: variables, times: [] };
    });
    for (let round = 1; round <= rounds; round++) {
      say(
        `round ${round} of ${rounds}: ${counts.join(', ')} suites with portside, ${peerCounts.join(', ')} with Testcontainers`,
      );
      for (const { id, times, ...options } of programs) times.push(runProgram(id, [vitest, 'run'], options));
    }
    const times = Object.fromEntries(programs.map(({ id, times: all }) => [id, median(all)]));
    return [...wholeRows(times), ...peerRows(times), ...eachRows(times)];
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

const suites = (count) => `${count} ${count === 1 ? 'suite' : 'suites'}`;
const beside = (id, what, value, against, floor) =>
  row({ id, what, value, unit: 'ms', against: `${against}, ${Math.round(floor)} ms`, floor });

function wholeRows(times) {
  return Object.entries(runtimes).flatMap(([runtime, name]) =>
    counts.map((count) => {
      const what = `${suites(count)} end to end, ${name}`;
      return beside(
        `suites.${runtime}.${count}`,
        what,
        times[`${runtime} ${count}`],
        'tests of nothing',
        times[`alone ${count}`],
      );
    }),
  );
}

function peerRows(times) {
  return peerCounts.map((count) => {
    const what = `${suites(count)} end to end, Docker`;
    return beside(
      `suites.peer.${count}`,
      what,
      times[`docker ${count}`],
      'Testcontainers in each',
      times[`containers ${count}`],
    );
  });
}

/** What a suite more costs, between the smallest and the largest count. */
function eachRows(times) {
  const each = (kind, [first, last]) => (times[`${kind} ${last}`] - times[`${kind} ${first}`]) / (last - first);
  const peer = each('containers', [peerCounts[0], peerCounts.at(-1)]);
  const ends = [counts[0], counts.at(-1)];
  return [
    ...Object.entries(runtimes).map(([runtime, name]) =>
      beside(`suites.${runtime}.each`, `each suite more, ${name}`, each(runtime, ends), 'Testcontainers in each', peer),
    ),
    beside('suites.alone.each', 'each test file of nothing more', each('alone', ends), 'Testcontainers in each', peer),
  ];
}
