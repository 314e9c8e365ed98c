import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pace } from './lib/pace.mjs';
import { portProcesses } from './lib/port-processes.mjs';
import { row } from './lib/row.mjs';

const modules = {
  portside: new URL('../dist/ports/index.js', import.meta.url).href,
  'get-port': import.meta.resolve('get-port'),
};

/** What eight processes do at once; each binds 5 ms after it has its port. */
const runs = [
  { id: 'random', what: 'at random', rounds: 20_000 },
  { id: 'range', what: 'from one range of 100', rounds: 1000, how: { range: [24_000, 24_099] } },
  { id: 'preferred', what: 'with one preference', rounds: 1000, how: { preferred: 24_500 } },
];

/** Where the default state folder keeps its reservations too. */
const folder = () => mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'portside-bench-'));

/** Counts how often eight processes that allocate and bind at once get in each other's way, beside get-port, and times one. */
export async function bench(say, { scale = 1 } = {}) {
  const results = {};
  for (const [picker, module] of Object.entries(modules)) {
    const stateFolder = folder();
    const processes = await portProcesses({ module, picker, stateFolder });
    try {
      for (const { id, what, rounds, how } of runs) {
        say(`${picker}: ${rounds * scale} rounds ${what}`);
        results[`${picker} ${id}`] = await processes.run({ how, rounds: rounds * scale });
      }
    } finally {
      processes.close();
      rmSync(stateFolder, { recursive: true, force: true });
    }
  }
  say(`${20_000 * scale} allocations by one process`);
  return [
    ...(await speedRows(20_000 * scale)),
    ...runs.flatMap(({ id, what }) => rowsOf(id, what, results[`portside ${id}`], results[`get-port ${id}`])),
  ];
}

/** The ports of which 99 are busy; they lie above those that Linux takes itself. */
const [first, last] = [61_700, 61_799];

/**
 * Times an allocation with its reservation and giving it back, beside binding and closing a socket; then from a busy range. `prefix`: how the
 * rows' ids begin.
 */
export async function speedRows(times, prefix = 'ports') {
  const { PortAllocator } = await import(modules.portside);
  const stateFolder = folder();
  const strangers = [];
  try {
    const allocator = new PortAllocator({ stateFolder, portRanges: {}, rateLimit: false });
    const cycle = async (index) => allocator.releasePort(await allocator.allocatePort(`${index}`));
    const fromRange = async (index) =>
      allocator.releasePort(await allocator.allocatePortInRange(`${index}`, first, last));
    const floor = await pace(times, bindAndClose);
    const any = await pace(times, cycle);
    for (let port = first; port < last; port++) strangers.push(await listen(port));
    const busy = await pace(times, fromRange);
    const against = `bind and close alone, ${Math.round(floor.perSecond)} /s`;
    return [
      ...speedRowsOf(`${prefix}.allocate`, 'allocate and release a port', any, 12_000, {
        against,
        floor: floor.perSecond,
      }),
      ...speedRowsOf(`${prefix}.busy`, 'the same from a range with 99 of 100 ports busy', busy, 5000),
    ];
  } finally {
    for (const server of strangers) server.close();
    rmSync(stateFolder, { recursive: true, force: true });
  }
}

/** The p99 is to be below the p50 that the requirements name (H226). */
function speedRowsOf(id, what, { perSecond, p50, p99 }, atLeast, peer = {}) {
  return [
    row({ id: `${id}.rate`, what, value: perSecond, unit: '/s', ...peer, atLeast }),
    row({
      id: `${id}.p99`,
      what: `${what}: p99`,
      value: p99,
      unit: 'ms',
      against: `p50, ${p50.toFixed(3)} ms`,
      limit: 1,
    }),
  ];
}

function listen(port) {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server));
  });
}

function bindAndClose() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, () => server.close(resolve));
  });
}

function rowsOf(id, what, ours, theirs) {
  const title = `8 processes, ${ours.rounds} rounds ${what}`;
  return [
    row({
      id: `ports.${id}.failed`,
      what: `${title}: binds that failed`,
      value: failed(ours),
      unit: '',
      against: `get-port, ${failed(theirs)}`,
      limit: 0,
    }),
    row({
      id: `ports.${id}.duplicates`,
      what: `${title}: ports given twice`,
      value: ours.duplicates,
      unit: '',
      against: `get-port, ${theirs.duplicates}`,
      limit: 0,
    }),
  ];
}

function failed({ failures }) {
  return Object.values(failures).reduce((total, count) => total + count, 0);
}
