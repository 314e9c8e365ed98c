import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** Counts how often eight processes that allocate and bind at once get in each other's way, beside get-port, and times one. */
export async function bench(say, { scale = 1 } = {}) {
  const results = {};
  for (const [picker, module] of Object.entries(modules)) {
    const stateFolder = mkdtempSync(join(tmpdir(), 'portside-bench-'));
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
  say(`${2000 * scale} allocations by one process`);
  return [
    await latencyRow(2000 * scale),
    ...runs.flatMap(({ id, what }) => rowsOf(id, what, results[`portside ${id}`], results[`get-port ${id}`])),
  ];
}

/** Times an allocation with its reservation, and giving it back, beside binding and closing a socket. */
async function latencyRow(rounds) {
  const { PortAllocator } = await import(modules.portside);
  const stateFolder = mkdtempSync(join(tmpdir(), 'portside-bench-'));
  try {
    const allocator = new PortAllocator({ stateFolder, portRanges: {} });
    let allocation = 0;
    let floor = 0;
    for (let round = 0; round < rounds; round++) {
      allocation += await timed(async () => allocator.releasePort(await allocator.allocatePort(`${round}`)));
      floor += await timed(bindAndClose);
    }
    return row({
      id: 'ports.allocate',
      what: 'allocate and release a port, mean',
      value: allocation / rounds,
      unit: 'ms',
      against: `bind and close alone, ${(floor / rounds).toPrecision(2)} ms`,
      floor: floor / rounds,
      limit: 1,
    });
  } finally {
    rmSync(stateFolder, { recursive: true, force: true });
  }
}

async function timed(act) {
  const from = performance.now();
  await act();
  return performance.now() - from;
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
