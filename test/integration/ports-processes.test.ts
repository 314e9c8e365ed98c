import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identifyProcess } from '../../src/model/index.js';
import { PortReservations } from '../../src/ports/index.js';
import { describeWhere } from '../support/describe-where.js';

const program = fileURLToPath(new URL('../support/allocate-ports.ts', import.meta.url));
const children: ChildProcess[] = [];
let stateFolder: string;
beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'portside-ports-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(stateFolder, { recursive: true, force: true });
});

/** Starts a process that allocates and binds ports; resolves with them while the process still holds them. */
async function allocate(service: string, options: object): Promise<number[]> {
  const argument = JSON.stringify({ stateFolder, service, ...options });
  const child = spawn(process.execPath, ['--import', 'jiti/register', program, argument], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as number[];
  throw new Error('the process ended without having bound its ports');
}

const eight = Array.from({ length: 8 }, (_, index) => `process-${index}`);
const soon = () => Date.now() + 4000;

describe('H12 P41 eight processes that allocate and later bind ports at the same instant', () => {
  it.each([
    ['at random', { rounds: 10 }],
    ['from one range', { rounds: 5, range: [21_000, 21_099] }],
    ['with one preference', { rounds: 5, preferred: 21_500 }],
  ])('%s never get one twice, nor find one taken', async (_, options) => {
    const startAt = soon();
    const ports = await Promise.all(eight.map((service) => allocate(service, { ...options, startAt })));
    expect(new Set(ports.flat()).size).toBe(8 * options.rounds);
  });
});

describeWhere(
  'where the sockets of a process are limited',
  process.platform === 'linux' ? undefined : 'ulimit means nothing here',
  () => {
    it('a process that can open no more sockets is told so, and keeps no reservation', () => {
      const support = fileURLToPath(new URL('../support/allocate-without-sockets.ts', import.meta.url));
      const command = `ulimit -n 64 && exec "$0" --import jiti/register "$1" "$2"`;
      const { stdout } = spawnSync('sh', ['-c', command, process.execPath, support, stateFolder], { encoding: 'utf8' });
      expect(JSON.parse(stdout)).toEqual({
        result: expect.objectContaining({ code: 'PORT_UNAVAILABLE', message: expect.stringContaining('EMFILE') }),
        later: expect.any(Number),
      });
      expect(readdirSync(join(stateFolder, 'ports'))).toEqual([]);
    });
  },
);

it('the ports of a process that was killed can be had again', async () => {
  const range = [22_000, 22_003];
  expect(await allocate('first', { rounds: 4, range, startAt: 0 })).toHaveLength(4);
  const [first] = children;
  const ended = new Promise((resolve) => first?.once('exit', resolve));
  first?.kill('SIGKILL');
  await ended;
  expect(await readdir(join(stateFolder, 'ports'))).toHaveLength(4);
  expect(await allocate('second', { rounds: 4, range, startAt: 0 })).toHaveLength(4);
  expect(new PortReservations(stateFolder).holderOf(22_000)?.process.pid).toBe(children[1]?.pid);
});

it('of several processes that take over what a killed one held, each port goes to one', async () => {
  const count = 500;
  const dead = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const claim = JSON.stringify({ process: identifyProcess(dead.pid), purpose: 'killed' });
  dead.kill('SIGKILL');
  await once(dead, 'exit');
  await mkdir(join(stateFolder, 'ports'));
  for (let port = 1; port <= count; port++) await symlink(claim, join(stateFolder, 'ports', `${port}`));
  const script = fileURLToPath(new URL('../support/reserve-ports.ts', import.meta.url));
  const readers = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ['--import', 'jiti/register', script, stateFolder, `${count}`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  for (const { lines } of readers) expect((await lines.next()).value).toBe('ready');
  for (const { child } of readers) child.stdin.write('go\n');
  const won = await Promise.all(readers.map(async ({ lines }) => JSON.parse((await lines.next()).value) as number[]));
  expect(won.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  expect((await readdir(join(stateFolder, 'ports'))).filter((name) => !/^\d+$/.test(name))).toEqual([]);
});
