import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { differenceFromLock } from './modules.mjs';

async function project(wanted, installed) {
  const folder = await mkdtemp(path.join(tmpdir(), 'portside-modules-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(path.join(folder, 'node_modules'));
  const text = (packages) => JSON.stringify({ packages });
  await writeFile(path.join(folder, 'package-lock.json'), text({ '': { version: '1.0.0' }, ...wanted }));
  if (installed) await writeFile(path.join(folder, 'node_modules/.package-lock.json'), text(installed));
  return folder;
}

test('differenceFromLock() finds nothing when only optional packages are absent', async () => {
  const a = { 'node_modules/a': { version: '1.0.0' } };
  const folder = await project({ ...a, 'node_modules/b': { version: '1.0.0', optional: true } }, a);
  expect(await differenceFromLock(folder)).toBeUndefined();
});

test('differenceFromLock() names the first package that is missing or has another version', async () => {
  const wanted = { 'node_modules/a': { version: '2.0.0' } };
  expect(await differenceFromLock(await project(wanted))).toBe('there is none yet');
  expect(await differenceFromLock(await project(wanted, {}))).toBe('a is missing');
  const older = { 'node_modules/a': { version: '1.9.0' } };
  expect(await differenceFromLock(await project(wanted, older))).toBe('a is 1.9.0, not 2.0.0');
});
