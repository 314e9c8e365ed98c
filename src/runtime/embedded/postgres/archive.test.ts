import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packFolder, unpackFolder } from './archive.js';

const env = { PATH: process.env['PATH'] ?? '' };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portside-archive-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('what is packed comes out as it was', async () => {
  const data = join(folder, 'my data');
  mkdirSync(join(data, 'base', '1'), { recursive: true });
  writeFileSync(join(data, 'base', '1', '1259'), 'rows');
  chmodSync(join(data, 'base', '1', '1259'), 0o600);
  chmodSync(data, 0o700);
  const archive = join(folder, 'data.tar');
  await packFolder(data, archive, env);
  const again = join(folder, 'again');
  expect(await unpackFolder(archive, again, env)).toBe(true);
  expect(readFileSync(join(again, 'base', '1', '1259'), 'utf8')).toBe('rows');
  const modes = [again, join(again, 'base', '1', '1259')].map((path) => statSync(path).mode & 0o777);
  expect(modes).toEqual([0o700, 0o600]);
});

test('an archive that is gone or broken leaves no folder', async () => {
  const again = join(folder, 'again');
  expect(await unpackFolder(join(folder, 'none.tar'), again, env)).toBe(false);
  const broken = join(folder, 'broken.tar');
  writeFileSync(broken, 'no archive at all');
  expect(await unpackFolder(broken, again, env)).toBe(false);
  expect(existsSync(again)).toBe(false);
});

test('without tar nothing is packed, and the error says what was to be', async () => {
  await expect(packFolder(folder, join(folder, 'data.tar'), { PATH: folder })).rejects.toThrow(
    `Cannot pack ${folder} into`,
  );
});
