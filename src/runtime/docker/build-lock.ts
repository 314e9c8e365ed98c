import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { livenessOf, type ProcessIdentity } from '../../model/index.js';

/**
 * Runs the work while no other process of this user runs work under the same name; a process that has ended holds nothing.
 * Rejects with the signal's reason when that aborts the waiting.
 */
export async function withBuildLock<T>(
  stateFolder: string,
  name: string,
  owner: ProcessIdentity,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const folder = join(stateFolder, 'builds');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${name.replace(/[^a-zA-Z0-9._-]/g, '_')}.lock`);
  while (!(await take(path, owner))) {
    await sleep(100, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string, owner: ProcessIdentity): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(JSON.stringify(owner));
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (await isAbandoned(path)) await rm(path, { force: true });
    return false;
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    return livenessOf(JSON.parse(await readFile(path, 'utf8'))) === 'dead';
  } catch {
    // Just being written, or just removed.
    return false;
  }
}
