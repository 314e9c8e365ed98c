import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { makeOwnFolder } from '../data-folder.js';
import { type Account, canReach } from './account.js';
import type { PostgresPrograms } from './find.js';

/**
 * Makes an installation fit to run and gives its folder of programs. The npm package lacks its symbolic links when install
 * scripts were not run; they are made where it lies, or in a copy when nothing may be written there or the account that the
 * server runs as cannot get there. `temporary`: folder for the copy, kept for later runs.
 */
export async function makeRunnable(
  programs: PostgresPrograms,
  account: Account | undefined,
  temporary: string,
): Promise<string> {
  const { native, bin } = programs;
  if (native === undefined) return bin;
  const reachable = account === undefined || canReach(join(bin, 'postgres'), account);
  if (reachable && linkLibraries(native)) return bin;
  return join(await copyOf(native, temporary), 'bin');
}

/** Makes the symbolic links that are missing; false when nothing may be written there. */
function linkLibraries(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    // Both paths start with the name of the folder that `native` is.
    const path = join(dirname(native), target);
    if (isThere(path)) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false;
      // Another process was faster.
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

async function copyOf(native: string, temporary: string): Promise<string> {
  const root = join(temporary, `portside-programs-${process.getuid?.() ?? 0}`);
  makeOwnFolder(root, 0o755);
  const manifest = readFileSync(join(dirname(native), 'package.json'));
  const folder = join(root, createHash('sha256').update(native).update(manifest).digest('hex').slice(0, 16));
  const copy = join(folder, 'native');
  if (existsSync(copy)) return copy;
  const aside = `${folder}.${process.pid}`;
  await rm(aside, { recursive: true, force: true });
  await cp(native, join(aside, 'native'), { recursive: true, verbatimSymlinks: true });
  linkLibraries(join(aside, 'native'));
  try {
    renameSync(aside, folder);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
