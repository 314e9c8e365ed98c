import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import { setup } from '../scripts/setup.mjs';
import { startBare } from './lib/bare-stack.mjs';
import { countingProxy } from './lib/counting-proxy.mjs';
import { demoFile } from './lib/demo-stack.mjs';
import { median } from './lib/median.mjs';
import { row } from './lib/row.mjs';
import { testcontainersStarter } from './lib/testcontainers-stack.mjs';
import { timePrograms } from './lib/time-programs.mjs';

const library = fileURLToPath(new URL('../dist/index.js', import.meta.url));
const { openEnvironment } = await import(library);

/** Times the start of the demo stack: cold on Docker beside its floor and Testcontainers, cold without Docker, and joined when warm. */
export async function bench(say, { rounds = 5 } = {}) {
  await setup();
  const folder = mkdtempSync(join(tmpdir(), 'psb-'));
  const sourceOf = (runtime, environment = {}) => ({
    cwd: folder,
    files: [demoFile],
    environment: { ...process.env, PORTSIDE_STATE_DIR: folder, ...environment },
    settings: { runtime },
  });
  const starter = (runtime, environment) => async () => {
    const handle = await openEnvironment({ source: sourceOf(runtime, environment), client: 'bench' });
    return () => handle.close();
  };
  try {
    say('one start through a proxy that counts the requests; it builds the image of the API as well');
    const { requests, apiImage } = await countRequests(folder, sourceOf);
    const testcontainers = await testcontainersStarter(apiImage);
    say(`${rounds} rounds of cold starts: bare dockerode, Docker, Testcontainers, embedded`);
    const times = await timeStarts(
      { bare: () => startBare(apiImage), docker: starter('docker'), testcontainers, embedded: starter('embedded') },
      rounds,
    );
    say('15 rounds of joining what runs');
    const warm = await timeWarm(folder, sourceOf);
    return [...coldRows(times), requestsRow(requests), ...warmRows(warm)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts and stops through a proxy; the requests are those of client and agent together. */
async function countRequests(folder, sourceOf) {
  const proxy = await countingProxy(join(folder, 'engine.sock'));
  try {
    const open = () => openEnvironment({ source: sourceOf('docker', { DOCKER_HOST: proxy.url }), client: 'bench' });
    // The first start may build the image of the API, which the later ones do not.
    const first = await open();
    const [{ Image: apiImage }] = await new Docker().listContainers({
      filters: { label: ['dev.portside.service=api', `dev.portside.key=${first.key}`] },
    });
    await first.close();
    const before = proxy.requests().length;
    const second = await open();
    await second.close();
    return { requests: proxy.requests().slice(before), apiImage };
  } finally {
    proxy.close();
  }
}

/** Starts and stops each stack once a round, in turn; gives the medians of both in milliseconds. */
async function timeStarts(starters, rounds) {
  const times = Object.fromEntries(Object.keys(starters).map((name) => [name, { start: [], stop: [] }]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, start] of Object.entries(starters)) {
      const began = performance.now();
      const stop = await start();
      const ready = performance.now();
      await stop();
      // The first round only fills caches.
      if (round === 0) continue;
      times[name].start.push(ready - began);
      times[name].stop.push(performance.now() - ready);
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, { start, stop }]) => [name, { start: median(start), stop: median(stop) }]),
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

function coldRows({ bare, docker, testcontainers, embedded }) {
  const ms = (value) => `${Math.round(value)} ms`;
  const beside = (id, what, value, against, floor, ratioLimit) =>
    row({ id, what, value, unit: 'ms', against: `${against}, ${ms(floor)}`, floor, ratioLimit });
  const cold = 'demo stack cold';
  return [
    beside('start.docker.floor', `${cold}, Docker`, docker.start, 'bare dockerode', bare.start, 1.25),
    beside('start.docker.peer', `${cold}, Docker`, docker.start, 'Testcontainers', testcontainers.start, 0.333),
    beside('start.embedded', `${cold}, embedded`, embedded.start, 'portside on Docker', docker.start, 0.5),
    beside('stop.docker', 'demo stack removed, Docker', docker.stop, 'bare dockerode', bare.stop),
    beside('stop.docker.peer', 'demo stack removed, Docker', docker.stop, 'Testcontainers', testcontainers.stop),
    beside('stop.embedded', 'demo stack removed, embedded', embedded.stop, 'portside on Docker', docker.stop),
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
