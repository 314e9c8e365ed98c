import { chmodSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { canReach, serverAccount } from './account.js';
import { makeRunnable } from './runnable.js';

const stranger = { uid: 65_534, gid: 65_534 };
let root: string;
let native: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'portside-native-'));
  native = join(root, 'package', 'native');
  mkdirSync(join(native, 'bin'), { recursive: true });
  mkdirSync(join(native, 'lib'));
  mkdirSync(join(root, 'temporary'));
  writeFileSync(join(root, 'package', 'package.json'), '{"version": "18.1.0"}');
  writeFileSync(join(native, 'bin', 'postgres'), '', { mode: 0o755 });
  writeFileSync(join(native, 'lib', 'libpq.so.5.18'), 'library');
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const programs = () => ({ bin: join(native, 'bin'), major: 18, describe: '', native });

it('makes the missing links where the package lies, once', async () => {
  for (let round = 0; round < 2; round++) {
    expect(await makeRunnable(programs(), undefined, join(root, 'temporary'))).toBe(join(native, 'bin'));
    expect(readlinkSync(join(native, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  }
});

it('makes a copy with its links, once, when the account of the server cannot get to the package', async () => {
  chmodSync(root, 0o755);
  chmodSync(join(root, 'package'), 0o700);
  const bin = await makeRunnable(programs(), stranger, join(root, 'temporary'));
  expect(bin.startsWith(join(root, 'temporary'))).toBe(true);
  expect(canReach(join(bin, 'postgres'), stranger)).toBe(true);
  expect(readlinkSync(join(bin, '..', 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  const { ino } = statSync(join(bin, 'postgres'));
  expect(await makeRunnable(programs(), stranger, join(root, 'temporary'))).toBe(bin);
  expect(statSync(join(bin, 'postgres')).ino).toBe(ino);
});

it('takes the programs of a system as they are', async () => {
  const bin = '/usr/lib/postgresql/15/bin';
  expect(await makeRunnable({ bin, major: 15, describe: '' }, stranger, root)).toBe(bin);
});

it('canReach asks for every folder above, and for the file', () => {
  const file = join(native, 'bin', 'postgres');
  chmodSync(root, 0o755);
  expect(canReach(file, stranger)).toBe(true);
  chmodSync(file, 0o600);
  expect(canReach(file, stranger)).toBe(false);
  chmodSync(file, 0o644);
  chmodSync(join(root, 'package'), 0o600);
  expect(canReach(file, stranger)).toBe(false);
});

it('serverAccount lends an account only to root: postgres, else nobody', () => {
  const isRoot = process.getuid?.() === 0;
  const nobody = 'root:x:0:0::/:/bin/sh\nnobody:x:99:98::/:/bin/false';
  expect(serverAccount(nobody)).toEqual(isRoot ? { uid: 99, gid: 98 } : undefined);
  expect(serverAccount(`${nobody}\npostgres:x:26:27::/:/bin/sh`)).toEqual(isRoot ? { uid: 26, gid: 27 } : undefined);
  expect(serverAccount('root:x:0:0')).toEqual(isRoot ? { uid: 65_534, gid: 65_534 } : undefined);
});

it('leaves an installation of the system, and a package without such links, as it is', async () => {
  const { native: _, ...system } = programs();
  expect(await makeRunnable(system, stranger, join(root, 'temporary'))).toBe(system.bin);
  rmSync(join(native, 'pg-symlinks.json'));
  expect(await makeRunnable(programs(), undefined, join(root, 'temporary'))).toBe(join(native, 'bin'));
});
