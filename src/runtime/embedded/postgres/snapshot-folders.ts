import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SnapshotInfo } from '../../../model/index.js';
import { packFolder, tryRename } from './archive.js';

const infoFile = 'snapshot.json';
const archiveFile = 'data.tar';

/** Gives the path of the archive that holds the data kept under the key. */
export function archiveOf(stateFolder: string, key: string): string {
  return join(rootOf(stateFolder), key, archiveFile);
}

/** Reads what is known of a snapshot; `undefined` when there is none. */
export function findSnapshot(stateFolder: string, key: string): SnapshotInfo | undefined {
  try {
    return JSON.parse(readFileSync(join(rootOf(stateFolder), key, infoFile), 'utf8')) as SnapshotInfo;
  } catch {
    return undefined;
  }
}

/** Lists the snapshots in the state folder. */
export function listSnapshotFolders(stateFolder: string): readonly SnapshotInfo[] {
  const root = rootOf(stateFolder);
  if (!existsSync(root)) return [];
  return readdirSync(root).flatMap((key) => findSnapshot(stateFolder, key) ?? []);
}

/**
 * Keeps what is in the data folder of a server that has ended. `env`: the variables that programs get. It appears whole; one that is there already goes. Where somebody has
 * removed the state folder meanwhile, nothing is kept.
 */
export async function storeSnapshot(
  stateFolder: string,
  { data, env }: { readonly data: string; readonly env: Readonly<Record<string, string>> },
  snapshot: Omit<SnapshotInfo, 'runtime' | 'bytes'>,
): Promise<void> {
  const root = rootOf(stateFolder);
  if (!existsSync(stateFolder)) return;
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const aside = join(root, `.${snapshot.key}.${process.pid}.${Math.random().toString(36).slice(2, 10)}`);
  mkdirSync(aside, { mode: 0o700 });
  try {
    const archive = join(aside, archiveFile);
    await packFolder(data, archive, env);
    const info: SnapshotInfo = { ...snapshot, runtime: 'embedded', bytes: statSync(archive).size };
    writeFileSync(join(aside, infoFile), JSON.stringify(info), { mode: 0o600 });
    removeSnapshotFolder(stateFolder, snapshot.key);
    tryRename(aside, join(root, snapshot.key));
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Removes a snapshot; `false`: it was gone. */
export function removeSnapshotFolder(stateFolder: string, key: string): boolean {
  const root = rootOf(stateFolder);
  const aside = join(root, `.${key}.${process.pid}.${Math.random().toString(36).slice(2, 10)}`);
  try {
    // In one step, so that nobody copies half of it.
    renameSync(join(root, key), aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  rmSync(aside, { recursive: true, force: true });
  return true;
}

function rootOf(stateFolder: string): string {
  return join(stateFolder, 'cache', 'snapshots');
}
