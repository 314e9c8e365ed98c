import { mkdirSync, readdirSync, realpathSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Claim, claimFile, inLink, livenessOf, readClaim, releaseFile } from '../model/index.js';

/** So much of a service's name is kept in a reservation. */
const longestName = 200;

/**
 * Reserves ports among all processes of one user: a symbolic link for each port, created exclusively, that says which
 * process holds the port and for which service. What a process held when it was killed is taken over by who asks next.
 */
export class PortReservations {
  readonly #folder: string;
  /** What this object has reserved: nobody else removes that while this process lives. */
  readonly #held = new Set<number>();

  /** `stateFolder`: the per-user state folder; the reservations lie in `ports` in it. */
  constructor(stateFolder: string) {
    const folder = join(stateFolder, 'ports');
    make(folder);
    // It may be a link to a folder in memory.
    this.#folder = realpathSync(folder);
  }

  /** Reserves the port for this process; false when a living process, perhaps this one, holds it. */
  reserve(port: number, service: string): boolean {
    if (this.#held.has(port) || !this.#claim(port, service.slice(0, longestName))) return false;
    this.#held.add(port);
    return true;
  }

  /** Gives up a port that this process holds; leaves those of others alone. */
  release(port: number): void {
    if (this.#held.delete(port)) unlink(this.#path(port));
    else releaseFile(this.#path(port), inLink);
  }

  /** Tells who holds the port; `undefined` when nobody does who still lives. */
  holderOf(port: number): Claim | undefined {
    const claim = readClaim(this.#path(port), inLink);
    return claim === undefined || livenessOf(claim.process) === 'dead' ? undefined : claim;
  }

  /** Gives up every port whose holder has ended, and says which. */
  sweep(): number[] {
    const swept: number[] = [];
    for (const name of readdirSync(this.#folder)) {
      if (!/^[0-9]+$/.test(name) || this.holderOf(Number(name)) !== undefined) continue;
      // Taking it over and giving it up again is safe against others who take it over at the same time.
      if (this.reserve(Number(name), 'sweep')) this.release(Number(name));
      swept.push(Number(name));
    }
    return swept;
  }

  #claim(port: number, service: string): boolean {
    try {
      return claimFile(this.#path(port), service, inLink) === undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    // Somebody has removed the folder: some systems clear what lies in memory when the user logs out.
    make(this.#folder);
    return claimFile(this.#path(port), service, inLink) === undefined;
  }

  #path(port: number): string {
    return join(this.#folder, String(port));
  }
}

function make(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

function unlink(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody has emptied the folder.
  }
}
