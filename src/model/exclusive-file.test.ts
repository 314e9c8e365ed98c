import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { claimFile, readClaim, releaseFile } from './exclusive-file.js';
import { identifyProcess } from './process-identity.js';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'portside-claim-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function deadProcess() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const identity = identifyProcess(child.pid);
  child.kill('SIGKILL');
  return new Promise<typeof identity>((resolve) => child.on('exit', () => resolve(identity)));
}

test('a claim is given to one holder and told to the others', () => {
  const path = join(folder(), 'lock');
  expect(claimFile(path, 'first')).toBeUndefined();
  expect(claimFile(path, 'second')).toMatchObject({ purpose: 'first', process: { pid: process.pid } });
  releaseFile(path);
  expect(claimFile(path, 'third')).toBeUndefined();
});

test('a claim whose holder has ended is taken over, and nothing else is left in the folder', async () => {
  const where = folder();
  const path = join(where, 'lock');
  writeFileSync(path, JSON.stringify({ process: await deadProcess(), purpose: 'old' }));
  expect(claimFile(path, 'new')).toBeUndefined();
  expect(readClaim(path)?.purpose).toBe('new');
  expect(readdirSync(where)).toEqual(['lock']);
});

test('a process leaves the claim of another one alone', () => {
  const path = join(folder(), 'lock');
  const other = { process: identifyProcess(process.ppid), purpose: 'theirs' };
  writeFileSync(path, JSON.stringify(other));
  releaseFile(path);
  expect(readClaim(path)).toEqual(other);
});

test('a torn file counts as no claim', () => {
  const path = join(folder(), 'lock');
  writeFileSync(path, '{"process":');
  expect(claimFile(path, 'new')).toBeUndefined();
});

test('a pid that is used again does not pass for its former owner', () => {
  const former = { ...identifyProcess(), startTime: '1' };
  const path = join(folder(), 'lock');
  writeFileSync(path, JSON.stringify({ process: former, purpose: 'old' }));
  expect(claimFile(path, 'new')).toBeUndefined();
});

test('what another machine or pid namespace holds is never taken over', () => {
  const path = join(folder(), 'lock');
  for (const foreign of [{ host: 'elsewhere' }, { pidNamespace: 'pid:[1]' }]) {
    writeFileSync(
      path,
      JSON.stringify({ process: { ...identifyProcess(), pid: 999_999, ...foreign }, purpose: 'far' }),
    );
    expect(claimFile(path, 'mine')?.purpose).toBe('far');
  }
});

test('a process that was killed while it took a claim over does not block the others for ever', async () => {
  const path = join(folder(), 'lock');
  writeFileSync(path, JSON.stringify({ process: await deadProcess(), purpose: 'old' }));
  mkdirSync(`${path}.reclaim`);
  const past = new Date(Date.now() - 60_000);
  utimesSync(`${path}.reclaim`, past, past);
  expect(claimFile(path, 'new')).toBeUndefined();
  expect(readClaim(path)?.purpose).toBe('new');
});
