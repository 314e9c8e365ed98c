import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Claim, claimFile, livenessOf, readClaim, releaseFile } from '../model/index.js';

/**
 * Reserves ports among all processes of one user: a file for each port, created exclusively, that says which process
 * holds the port and for which service. What a process held when it was killed is taken over by who asks next.
 */
export class PortReservations {
  readonly #folder: string;

  /** `stateFolder`: the per-user state folder; the files lie in `ports` in it. */
  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, 'ports');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Reserves the port for this process; false when a living process, perhaps this one, holds it. */
  reserve(port: number, service: string): boolean {
    return claimFile(this.#path(port), service) === undefined;
  }

  /** Gives up a port that this process holds; leaves those of others alone. */
  release(port: number): void {
    releaseFile(this.#path(port));
  }

  /** Tells who holds the port; `undefined` when nobody does who still lives. */
  holderOf(port: number): Claim | undefined {
    const claim = readClaim(this.#path(port));
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

  #path(port: number): string {
    return join(this.#folder, String(port));
  }
}
