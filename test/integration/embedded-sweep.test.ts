import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { livenessOf } from '../../src/model/index.js';
import { sweepEmbedded } from '../../src/runtime/embedded/index.js';
import { descendantsOf, processesOf } from '../../src/runtime/embedded/process/tree.js';
import { leftovers, memoryFolder } from '../support/embedded-runtime.js';

const program = fileURLToPath(new URL('../support/embedded-owner.ts', import.meta.url));
let stateFolder: string;
let owner: ChildProcess | undefined;
beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'portside-sweep-'));
});
afterEach(async () => {
  await killOwner();
  await sweepEmbedded({ stateFolder, environment: process.env });
  await rm(stateFolder, { recursive: true, force: true });
});

/** Starts a process with an embedded environment; gives the environment's instance once it runs. */
async function startOwner(): Promise<string> {
  owner = spawn(process.execPath, ['--import', 'jiti/register', program, stateFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: owner.stdout as NodeJS.ReadableStream })) {
    return line.replace('running ', '');
  }
  throw new Error('the owner ended without having started its environment');
}

const programsOf = (instance: string) => processesOf(instance, join(memoryFolder(stateFolder), instance));

async function killOwner(): Promise<void> {
  const running = owner;
  owner = undefined;
  if (running === undefined) return;
  const ended = new Promise((resolve) => running.once('exit', resolve));
  running.kill('SIGKILL');
  await ended;
}

it('ends the programs of a killed owner with all their children, and removes its folders and ports', async () => {
  const instance = await startOwner();
  const below = descendantsOf(owner?.pid ?? 0);
  expect(below.length).toBeGreaterThan(5);
  const pidFile = join(memoryFolder(stateFolder), instance, 'db-1', 'data', 'postmaster.pid');
  const [, segment = ''] = readFileSync(pidFile, 'utf8').split('\n')[6]?.trim().split(/\s+/) ?? [];
  expect(sharedMemory()).toContain(segment);
  await killOwner();
  // Programs outlive their owner: that is what the sweep is for.
  expect(programsOf(instance).length).toBeGreaterThan(2);
  const report = await sweepEmbedded({ stateFolder, environment: process.env });
  expect(report.kept).toBe(0);
  const names = report.removed.filter(({ type }) => type === 'process').map(({ name }) => name.replace(/\d+/, 'N'));
  const services = ['db', 'cache', 'cache-leased', 'worker', 'worker-leased'];
  expect(names).toEqual(expect.arrayContaining(services.map((name) => `${name} (pid N)`)));
  // A killed process is gone only when its new parent has asked for its exit code.
  while (below.some(isRunning) || programsOf(instance).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(leftovers(stateFolder, instance)).toEqual([]);
  expect(sharedMemory()).not.toContain(segment);
  expect(await sweepEmbedded({ stateFolder, environment: process.env })).toEqual({ removed: [], kept: 0 });
});

it('leaves the environment of a living owner alone', async () => {
  const instance = await startOwner();
  expect(await sweepEmbedded({ stateFolder, environment: process.env, all: true })).toEqual({ removed: [], kept: 1 });
  const folder = join(stateFolder, 'runs', instance, 'programs');
  const records = (await readdir(folder)).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  expect(records.map(({ service, process }) => [service, livenessOf(process)]).sort()).toEqual([
    ['cache', 'alive'],
    ['cache-leased', 'alive'],
    ['db', 'alive'],
    ['worker', 'alive'],
    ['worker-leased', 'alive'],
  ]);
});

it('leaves the environment of another machine alone unless all is asked for, and then takes its folders only', async () => {
  const instance = await startOwner();
  const file = join(stateFolder, 'runs', instance, 'run.json');
  const head = JSON.parse(readFileSync(file, 'utf8'));
  const elsewhere = { ...head, owner: { ...head.owner, process: { ...head.owner.process, host: 'elsewhere' } } };
  await writeFile(file, JSON.stringify(elsewhere));
  expect(await sweepEmbedded({ stateFolder, environment: process.env })).toEqual({ removed: [], kept: 1 });
  const report = await sweepEmbedded({ stateFolder, environment: process.env, all: true });
  expect(report.removed.map(({ type }) => type)).toEqual(['folder', 'folder']);
  expect(await readdir(join(stateFolder, 'runs'))).toEqual([]);
  for (const pid of descendantsOf(owner?.pid ?? 0)) process.kill(pid, 'SIGKILL');
});

it('finds what is left also when the state folder is gone', async () => {
  const instance = await startOwner();
  const below = descendantsOf(owner?.pid ?? 0);
  await killOwner();
  await rm(stateFolder, { recursive: true });
  const { removed } = await sweepEmbedded({ stateFolder, environment: process.env });
  expect(removed).toContainEqual({ type: 'folder', name: expect.stringContaining(instance) });
  // What was killed takes a moment to go, also what has been started since it was counted.
  while (below.some(isRunning) || programsOf(instance).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(leftovers(stateFolder, instance)).toEqual([]);
});

/** Ids of the System V shared memory segments of this machine. */
function sharedMemory(): string[] {
  const [, ...lines] = readFileSync('/proc/sysvipc/shm', 'utf8').trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/)[1] ?? '');
}

function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).charAt(0) !== 'Z';
  } catch {
    return false;
  }
}
