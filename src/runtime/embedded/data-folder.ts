import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PortsideError } from '../../model/index.js';
import type { Owner } from '../runtime.js';
import type { HostEnvironment } from './find-program.js';

const tmpfsType = 0x01021994;
const shm = '/dev/shm';
const ownerFile = 'owner.json';

/** Below this much free memory-backed space the data of a test stack might not fit. */
const enoughBytes = 512 * 1024 * 1024;

/** What decides where data lies. */
export interface DataPlace {
  readonly stateFolder: string;
  /** Folder for temporary files. */
  readonly temporary: string;
  /** Whether other accounts must reach their folders in it: servers that refuse to run as root. */
  readonly shared: boolean;
}

/**
 * Makes the folder for the data of one run, in memory where there is room for it, and gives its path. Everybody may pass
 * through it and nobody else may look into it or write. Throws `STATE_FOLDER_UNSAFE` when somebody else made it.
 */
export function makeDataFolder(place: DataPlace, owner: Owner): string {
  const [memory, open, closed] = rootsOf(place);
  const root = hasRoom() ? memory : place.shared ? open : closed;
  const folder = join(root, owner.instance);
  makeOwnFolder(root);
  // The folder appears with its owner in it, so that no sweep takes a beginning run for an abandoned one.
  const aside = `${folder}.new`;
  makeOwnFolder(aside);
  writeFileSync(join(aside, ownerFile), JSON.stringify(owner), { mode: 0o600 });
  renameSync(aside, folder);
  return folder;
}

/** Gives every data folder that belongs to the state folder, with its owner. */
export function dataFolders(place: Omit<DataPlace, 'shared'>): { readonly path: string; readonly owner: Owner }[] {
  return rootsOf(place).flatMap((root) => {
    if (!existsSync(root)) return [];
    return readdirSync(root).flatMap((name) => {
      const owner = readOwner(join(root, name, ownerFile));
      return owner === undefined ? [] : [{ path: join(root, name), owner }];
    });
  });
}

/** Makes a folder that only this user may write to, or checks that an existing one is such. */
export function makeOwnFolder(path: string, mode = 0o711): void {
  mkdirSync(path, { recursive: true, mode });
  const { uid, mode: actual } = lstatSync(path);
  const isOwn = process.getuid === undefined || uid === process.getuid();
  if (!lstatSync(path).isDirectory() || !isOwn || (process.platform !== 'win32' && (actual & 0o022) !== 0)) {
    throw new PortsideError(
      'STATE_FOLDER_UNSAFE',
      `Cannot keep data in ${path}: it must be a folder that only this user may write to. ` +
        `Current value is owner ${uid}, mode ${(actual & 0o7777).toString(8)}.`,
      { hint: `Look into ${path} and remove it.` },
    );
  }
  if (process.platform !== 'win32') chmodSync(path, mode);
}

/** Gives the folder for temporary files. */
export function temporaryFolder(environment: HostEnvironment): string {
  return environment['TMPDIR'] ?? environment['TEMP'] ?? '/tmp';
}

/** Removes a data folder, and the folder above it when it was the last in there. */
export async function removeDataFolder(path: string): Promise<void> {
  await removeFolder(path);
  await rmdir(dirname(path)).catch((error: NodeJS.ErrnoException) => {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(error.code ?? '')) throw error;
  });
}

/** Removes a folder into which a program that was just killed may still be writing. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
}

/** In memory; where other accounts can get to; where they cannot. */
function rootsOf({ stateFolder, temporary }: Omit<DataPlace, 'shared'>): readonly [string, string, string] {
  // One for each state folder: whoever has another one neither sees nor sweeps what is in it.
  const id = createHash('sha256').update(stateFolder).digest('hex').slice(0, 8);
  const name = `portside-${process.getuid?.() ?? 0}-${id}`;
  return [join(shm, name), join(temporary, name), join(stateFolder, 'data')];
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

function hasRoom(): boolean {
  try {
    const { type, bavail, bsize } = statfsSync(shm);
    return type === tmpfsType && bavail * bsize >= enoughBytes;
  } catch {
    return false;
  }
}
