import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identifyProcess } from '../model/index.js';
import { PortReservations } from './reservations.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portside-ports-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes what a process that has ended since left behind. */
async function leaveBehind(port: number): Promise<void> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const claim = { process: identifyProcess(child.pid), purpose: 'old' };
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  writeFileSync(join(folder, 'ports', String(port)), JSON.stringify(claim));
}

it('gives a port to one holder only, and says who that is', () => {
  const first = new PortReservations(folder);
  const second = new PortReservations(folder);
  expect(first.reserve(5433, 'orders-db')).toBe(true);
  expect(second.reserve(5433, 'other-db')).toBe(false);
  expect(second.holderOf(5433)).toEqual({ process: identifyProcess(), purpose: 'orders-db' });
  first.release(5433);
  expect(second.reserve(5433, 'other-db')).toBe(true);
});

it('takes over what a process that has ended held', async () => {
  const reservations = new PortReservations(folder);
  await leaveBehind(5433);
  expect(reservations.holderOf(5433)).toBeUndefined();
  expect(reservations.reserve(5433, 'new')).toBe(true);
  expect(reservations.holderOf(5433)?.purpose).toBe('new');
});

it('sweep removes what processes that have ended held, and nothing else', async () => {
  const reservations = new PortReservations(folder);
  reservations.reserve(5433, 'mine');
  await leaveBehind(5434);
  expect(reservations.sweep()).toEqual([5434]);
  expect(readdirSync(join(folder, 'ports'))).toEqual(['5433']);
});

it('does not release what another process holds', () => {
  const reservations = new PortReservations(folder);
  const claim = JSON.stringify({ process: identifyProcess(process.ppid), purpose: 'theirs' });
  writeFileSync(join(folder, 'ports', '5433'), claim);
  reservations.release(5433);
  expect(readFileSync(join(folder, 'ports', '5433'), 'utf8')).toBe(claim);
});

it('reserves also when somebody has removed the folder meanwhile', () => {
  const reservations = new PortReservations(folder);
  reservations.reserve(5433, 'first');
  rmSync(join(folder, 'ports'), { recursive: true });
  expect(reservations.reserve(5434, 'second')).toBe(true);
  reservations.release(5433);
  expect(readdirSync(join(folder, 'ports'))).toEqual(['5434']);
});

it('keeps the beginning of a long name', () => {
  const reservations = new PortReservations(folder);
  reservations.reserve(5433, 'n'.repeat(5000));
  expect(reservations.holderOf(5433)?.purpose).toBe('n'.repeat(200));
});
