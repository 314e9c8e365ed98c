import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Data may have been made with the time of day in them, or with something from the network: after this long they are made anew. */
export const maxAgeMs = 24 * 60 * 60 * 1000;

/** Remembers in the state folder when a snapshot was used last, and of what no snapshot can be made. */
export class SnapshotUse {
  readonly #folder: string;

  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, 'snapshots');
  }

  /** Path of the file that whoever makes the snapshot claims. */
  claimPath(key: string): string {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    return join(this.#folder, `${key}.lock`);
  }

  /** Records that it is used now. */
  touch(key: string): void {
    this.#mark(`${key}.used`);
  }

  /** When it was used last, in milliseconds since 1970; 0: never, as far as is known here. */
  lastUsed(key: string): number {
    return this.#time(`${key}.used`);
  }

  /** Records that no snapshot could be made, so that not every start tries again. */
  refuse(key: string): void {
    this.#mark(`${key}.refused`);
  }

  /** Whether making it failed a short while ago. */
  isRefused(key: string, now: number): boolean {
    return now - this.#time(`${key}.refused`) < maxAgeMs;
  }

  /** Forgets the snapshot. */
  forget(key: string): void {
    for (const name of ['used', 'refused']) rmSync(join(this.#folder, `${key}.${name}`), { force: true });
  }

  #mark(name: string): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(this.#folder, name), '', { mode: 0o600 });
  }

  #time(name: string): number {
    return statSync(join(this.#folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }
}
