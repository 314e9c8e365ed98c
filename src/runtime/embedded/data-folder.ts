import { chmodSync, lstatSync, mkdirSync, statfsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PortsideError } from '../../model/index.js';

const tmpfsType = 0x01021994;
const shm = '/dev/shm';

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
export function makeDataFolder(place: DataPlace, instance: string): string {
  const root = rootOf(place);
  makeOwnFolder(root);
  const folder = join(root, instance);
  makeOwnFolder(folder);
  return folder;
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

/** Removes a folder into which a program that was just killed may still be writing. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
}

function rootOf({ stateFolder, temporary, shared }: DataPlace): string {
  const user = process.getuid?.() ?? 0;
  if (hasRoom()) return join(shm, `portside-${user}`);
  // The state folder is closed to other accounts.
  return shared ? join(temporary, `portside-data-${user}`) : join(stateFolder, 'data');
}

function hasRoom(): boolean {
  try {
    const { type, bavail, bsize } = statfsSync(shm);
    return type === tmpfsType && bavail * bsize >= enoughBytes;
  } catch {
    return false;
  }
}
