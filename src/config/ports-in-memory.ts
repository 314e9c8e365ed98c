import { lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Lets the port reservations of a state folder lie in memory, where the system has a folder for that: `ports` becomes a link to
 * one of the user's own, so that all processes come to the same place. A folder `ports` that is there already stays. `uid`: the
 * user; `memory`: the system's folder, absent on systems without one.
 */
export function keepPortsInMemory(stateFolder: string, uid: number, memory = '/dev/shm'): void {
  const link = join(stateFolder, 'ports');
  const target = join(memory, `portside-${uid}-ports`);
  try {
    if (lstatSync(link, { throwIfNoEntry: false })?.isDirectory()) return;
    if (lstatSync(memory, { throwIfNoEntry: false })?.isDirectory() !== true) return;
    mkdirSync(target, { recursive: true, mode: 0o700 });
    const { mode, uid: owner } = lstatSync(target);
    if (owner === uid && (mode & 0o077) === 0) symlinkSync(target, link);
    // Somebody else's, whatever it is: not to be trusted, not even where a link of before leads to it.
    else rmSync(link, { force: true });
  } catch {
    // The link is there, or this process may not do it: then they lie where they would without memory.
  }
}
