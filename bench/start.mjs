import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import { setup } from '../scripts/setup.mjs';
import { startBare } from './lib/bare-stack.mjs';
import { composeStarter } from './lib/compose-tool.mjs';
import { countingProxy } from './lib/counting-proxy.mjs';
import { demoFile } from './lib/demo-stack.mjs';
import { firstStart, imagesOf } from './lib/first-start.mjs';
import { median } from './lib/median.mjs';
import { row } from './lib/row.mjs';
import { testcontainersStarter } from './lib/testcontainers-stack.mjs';
import { timePrograms } from './lib/time-programs.mjs';

const library = fileURLToPath(new URL('../dist/index.js', import.meta.url));
const { openEnvironment } = await import(library);

/**
 * Times the start of the demo stack: cold on Docker beside its floor and Testcontainers, cold without Docker, each with and without
 * snapshots, and joined when warm.
 */
export async function bench(say, { rounds = 5 } = {}) {
  await setup();
  const folder = mkdtempSync(join(tmpdir(), 'psb-'));
  const sourceOf = (runtime, environment = {}) => ({
    cwd: folder,
    files: [demoFile],
    environment: { ...process.env, PORTSIDE_STATE_DIR: folder, PORTSIDE_SNAPSHOTS: 'on', ...environment },
    settings: { runtime },
  });
  const starter = (runtime, environment) => async (times) => {
    const database = {};
    const onProgress = ({ service, phase, elapsedMs }) => {
      if (service === 'postgres-primary') database[phase] ??= elapsedMs;
    };
    const handle = await openEnvironment({ source: sourceOf(runtime, environment), client: 'bench', onProgress });
    // Who joins after a step that takes a few milliseconds does not hear of it.
    times.database = database.ready - (database.creating ?? database.starting);
    return () => handle.close();
  };
  const off = { PORTSIDE_SNAPSHOTS: 'off' };
  const ends = [];
  try {
    say(
      'first starts, which build the image of the API and make the snapshots; then one through a proxy that counts requests',
    );
    await firstStart(sourceOf('embedded'));
    const { requests, apiImage, snapshot } = await countRequests(folder, sourceOf);
    const testcontainers = await testcontainersStarter(apiImage);
    const compose = await composeStarter(apiImage, say);
    ends.push(() => compose?.close());
    const peers = `Testcontainers, ${compose === undefined ? '' : `${compose.up}, `}`;
    say(`${rounds} rounds of cold starts: bare dockerode, Docker, ${peers}embedded; with and without snapshots`);
    const times = await timeStarts(
      {
        bare: () => startBare(apiImage),
        bareKept: () => startBare(apiImage, snapshot),
        docker: starter('docker', off),
        dockerKept: starter('docker'),
        testcontainers,
        ...(compose === undefined ? {} : { compose: compose.start }),
        embedded: starter('embedded', off),
        embeddedKept: starter('embedded'),
      },
      rounds,
    );
    say('15 rounds of joining what runs');
    const warm = await timeWarm(folder, sourceOf);
    return [
      ...coldRows(times),
      ...composeRows(times, compose),
      ...snapshotRows(times),
      requestsRow(requests),
      ...warmRows(warm),
    ];
  } finally {
    for (const end of ends) await end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts and stops through a proxy; the requests are those of client and agent together. */
async function countRequests(folder, sourceOf) {
  await firstStart(sourceOf('docker'));
  const proxy = await countingProxy(join(folder, 'engine.sock'));
  try {
    const source = sourceOf('docker', { DOCKER_HOST: proxy.url });
    const handle = await openEnvironment({ source, client: 'bench' });
    // Our own questions go past the proxy.
    const { api, 'postgres-primary': database } = await imagesOf(handle.key);
    const { Config, HostConfig } = await new Docker().getContainer(database.Id).inspect();
    const snapshot = {
      image: database.Image,
      entrypoint: Config.Entrypoint,
      command: Config.Cmd,
      tmpfs: HostConfig.Tmpfs,
      environment: Object.fromEntries(Config.Env.map((line) => line.split(/=(.*)/s).slice(0, 2))),
    };
    await handle.close();
    return { requests: [...proxy.requests()], apiImage: api.Image, snapshot };
  } finally {
    proxy.close();
  }
}

/** Starts and stops each stack once a round, in turn; gives the medians of both in milliseconds, and of the database's own start. */
async function timeStarts(starters, rounds) {
  const times = Object.fromEntries(Object.keys(starters).map((name) => [name, { start: [], stop: [], database: [] }]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, start] of Object.entries(starters)) {
      const seen = {};
      const began = performance.now();
      const stop = await start(seen);
      const ready = performance.now();
      await stop();
      // The first round only fills caches.
      if (round === 0) continue;
      times[name].start.push(ready - began);
      times[name].stop.push(performance.now() - ready);
      if (seen.database !== undefined) times[name].database.push(seen.database);
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, lists]) => [
      name,
      Object.fromEntries(Object.entries(lists).map(([key, list]) => [key, median(list)])),
    ]),
  );
}

/** Times whole processes that join a running environment and discover one service. */
async function timeWarm(folder, sourceOf) {
  const handle = await openEnvironment({ source: sourceOf('embedded'), client: 'bench' });
  // The programs have their environment variables from this process.
  const { environment, ...source } = sourceOf('embedded');
  const variables = `{ ...process.env, PORTSIDE_STATE_DIR: ${JSON.stringify(environment.PORTSIDE_STATE_DIR)} }`;
  const program = (name, text) => {
    const path = join(folder, `${name}.mjs`);
    writeFileSync(path, text);
    return [path];
  };
  const discover = `await handle.discover('cache');\nprocess.exit(0);\n`;
  const from = `from ${JSON.stringify(library)};\n`;
  try {
    if (handle.socket === null || !existsSync(handle.socket)) throw new Error('Cannot time joining: no agent listens.');
    return timePrograms(
      {
        empty: program('empty', ''),
        suite: program(
          'suite',
          `import { attachEnvironment } ${from}const handle = await attachEnvironment({ socket: ${JSON.stringify(handle.socket)} });\n${discover}`,
        ),
        open: program(
          'open',
          `import { openEnvironment } ${from}const handle = await openEnvironment({ source: { ...${JSON.stringify(source)}, environment: ${variables} } });\n${discover}`,
        ),
      },
      { rounds: 15, cwd: folder },
    );
  } finally {
    await handle.close();
  }
}

const ms = (value) => `${Math.round(value)} ms`;
const beside = (id, what, value, against, floor, ratioLimit) =>
  row({ id, what, value, unit: 'ms', against: `${against}, ${ms(floor)}`, floor, ratioLimit });

function coldRows({ bareKept, dockerKept, testcontainers, embeddedKept }) {
  const cold = 'demo stack cold';
  return [
    beside('start.docker.floor', `${cold}, Docker`, dockerKept.start, 'bare dockerode', bareKept.start, 1.25),
    beside('start.docker.peer', `${cold}, Docker`, dockerKept.start, 'Testcontainers', testcontainers.start, 0.333),
    beside('start.embedded', `${cold}, embedded`, embeddedKept.start, 'portside on Docker', dockerKept.start, 0.5),
    beside('stop.docker', 'demo stack removed, Docker', dockerKept.stop, 'bare dockerode', bareKept.stop),
    beside('stop.docker.peer', 'demo stack removed, Docker', dockerKept.stop, 'Testcontainers', testcontainers.stop),
    beside('stop.embedded', 'demo stack removed, embedded', embeddedKept.stop, 'portside on Docker', dockerKept.stop),
  ];
}

function composeRows({ dockerKept, compose }, tool) {
  if (tool === undefined) return [];
  return [
    beside('start.docker.compose', 'demo stack cold, Docker', dockerKept.start, tool.up, compose.start),
    beside('stop.docker.compose', 'demo stack removed, Docker', dockerKept.stop, tool.down, compose.stop),
  ];
}

function snapshotRows({ bare, docker, dockerKept, embedded, embeddedKept }) {
  const without = 'without snapshot';
  const database = 'Postgres from creating to first query';
  return [
    beside('start.snapshot.docker', `${database}, Docker`, dockerKept.database, without, docker.database, 0.4),
    beside('start.snapshot.embedded', `${database}, embedded`, embeddedKept.database, without, embedded.database),
    beside('start.snapshot.stack', 'demo stack cold, Docker', dockerKept.start, without, docker.start),
    beside('start.snapshot.stack.embedded', 'demo stack cold, embedded', embeddedKept.start, without, embedded.start),
    beside(
      'start.docker.bare',
      `demo stack cold, Docker, ${without}`,
      docker.start,
      `bare dockerode ${without}`,
      bare.start,
    ),
  ];
}

function requestsRow(requests) {
  const value = requests.length / 3;
  return row({
    id: 'start.requests',
    what: 'engine requests for a container, start and stop',
    value,
    unit: '',
    limit: 12,
  });
}

function warmRows({ empty, suite, open }) {
  const beside = (id, what, whole, limit) =>
    row({
      id,
      what,
      value: whole - empty,
      whole,
      unit: 'ms more',
      against: `an empty Node program, ${Math.round(empty)} ms`,
      floor: empty,
      limit,
    });
  return [
    beside('attach.suite', 'suite joins by its socket and discovers', suite, 60),
    beside('attach.open', 'program reads its files, joins and discovers', open),
  ];
}
