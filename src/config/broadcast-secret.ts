import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Gives the secret that announcements are signed with: `PORTSIDE_BROADCAST_SECRET`, else one that all processes of the user share, made
 * when it is first needed and kept in the state folder for the user alone to read.
 */
export function broadcastSecret(
  stateFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const given = environment['PORTSIDE_BROADCAST_SECRET'];
  if (given) return given;
  const path = join(stateFolder, 'broadcast.key');
  return read(path) ?? create(path);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Of several processes that make one at once, one succeeds; the file appears whole. */
function create(path: string): string {
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, randomBytes(32).toString('base64url'), { mode: 0o600 });
  try {
    linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  return readFileSync(path, 'utf8').trim();
}
