import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { identifyProcess } from '../../model/index.js';
import { dataFolders, makeDataFolder, makeOwnFolder, removeDataFolder, temporaryFolder } from './data-folder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portside-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const owner = (instance: string) => ({ key: 'k', instance, process: identifyProcess() });

test('a run has a data folder with its owner in it, which whoever has the same state folder finds', async () => {
  const place = { stateFolder: join(folder, 'state'), temporary: folder, shared: true };
  const paths = ['a', 'b'].map((instance) => makeDataFolder(place, owner(instance)));
  expect(dataFolders(place)).toEqual(paths.map((path, index) => ({ path, owner: owner(index === 0 ? 'a' : 'b') })));
  expect(dataFolders({ ...place, stateFolder: join(folder, 'other') })).toEqual([]);
  const [first = '', second = ''] = paths;
  mkdirSync(join(dirname(first), 'without an owner'));
  expect(dataFolders(place)).toHaveLength(2);
  rmSync(join(dirname(first), 'without an owner'), { recursive: true });
  expect(statSync(first).mode & 0o777).toBe(0o711);
  await removeDataFolder(first);
  expect([existsSync(first), existsSync(dirname(first))]).toEqual([false, true]);
  await removeDataFolder(second);
  await removeDataFolder(second);
  expect(existsSync(dirname(second))).toBe(false);
});

test('no data are kept where others may write, or where there is no folder', () => {
  const open = join(folder, 'open');
  mkdirSync(open);
  chmodSync(open, 0o777);
  expect(() => makeOwnFolder(open)).toThrow(
    expect.objectContaining({ code: 'STATE_FOLDER_UNSAFE', message: expect.stringContaining('mode 777') }),
  );
  mkdirSync(join(folder, 'real'));
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  expect(() => makeOwnFolder(join(folder, 'link'))).toThrow(expect.objectContaining({ code: 'STATE_FOLDER_UNSAFE' }));
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeOwnFolder(join(folder, 'file'))).toThrow();
});

test('temporary files go where the system says', () => {
  expect(temporaryFolder({ TMPDIR: '/a', TEMP: '/b' })).toBe('/a');
  expect(temporaryFolder({ TEMP: '/b' })).toBe('/b');
  expect(temporaryFolder({})).toBe('/tmp');
});
