import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { PortsideError } from '../model/index.js';
import { keepPortsInMemory } from './ports-in-memory.js';

/** Longest path, in bytes, below which an agent's socket (30 bytes more) still has a path that every system takes (103). */
const longest = 73;

/**
 * Gives the per-user folder of sockets, locks and port reservations, made with mode 0700: `PORTSIDE_STATE_DIR`, else
 * `portside-<uid>` in the system's temporary folder, whose port reservations lie in memory where they can. Errors: `STATE_FOLDER_UNSAFE` when it belongs to somebody else, is open to others,
 * or is too long a path.
 */
export function stateFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const { uid, username } = userInfo();
  const given = environment['PORTSIDE_STATE_DIR'];
  const folder = given ? resolve(given) : join(tmpdir(), `portside-${uid >= 0 ? uid : username}`);
  if (Buffer.byteLength(folder) > longest)
    throw unsafe(folder, `its path is longer than ${longest} bytes, too long for a socket in it`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unsafe(folder, (cause as Error).message, cause);
  }
  const stat = lstatSync(folder);
  if (!stat.isDirectory()) throw unsafe(folder, 'it is not a folder');
  if (uid >= 0 && stat.uid !== uid) throw unsafe(folder, `it belongs to user ${stat.uid}`);
  if (uid >= 0 && (stat.mode & 0o077) !== 0)
    throw unsafe(folder, `others may enter it (mode ${(stat.mode & 0o777).toString(8)})`);
  if (!given) keepPortsInMemory(folder, uid);
  return folder;
}

function unsafe(folder: string, why: string, cause?: unknown): PortsideError {
  return new PortsideError('STATE_FOLDER_UNSAFE', `Cannot use the state folder '${folder}': ${why}.`, {
    hint: 'Give it to yourself alone (chmod 700), remove it, or name a short path of your own in PORTSIDE_STATE_DIR.',
    cause,
  });
}
