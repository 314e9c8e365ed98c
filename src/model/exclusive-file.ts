import { mkdirSync, rmSync, statSync } from 'node:fs';
import { type ClaimMedium, inFile } from './claim-medium.js';
import { identifyProcess, livenessOf, type ProcessIdentity } from './process-identity.js';

/** What stands in an exclusive file: who holds it, and what for. */
export interface Claim {
  readonly process: ProcessIdentity;
  readonly purpose: string;
}

/**
 * Creates the file for this process alone and gives `undefined`, or gives the claim of the living process that has it.
 * A file whose holder has ended is taken over; of several processes that try to, one succeeds. The file appears with its
 * content, so no reader ever sees half of it. `medium`: how the content lies there; default: in a file.
 */
export function claimFile(path: string, purpose: string, medium: ClaimMedium = inFile): Claim | undefined {
  const claim = JSON.stringify({ process: identifyProcess(), purpose } satisfies Claim);
  for (;;) {
    if (medium.create(path, claim)) return undefined;
    const text = medium.read(path);
    if (text === undefined) continue;
    const holder = parse(text);
    if (holder !== undefined && livenessOf(holder.process) !== 'dead') return holder;
    removeStale(path, text, medium);
  }
}

/** Gives the file up if this process holds it; otherwise leaves it alone. */
export function releaseFile(path: string, medium: ClaimMedium = inFile): void {
  const holder = readClaim(path, medium);
  const own = identifyProcess();
  if (holder?.process.pid === own.pid && holder.process.startTime === own.startTime) rmSync(path, { force: true });
}

/** Reads who holds the file; `undefined` when nobody does. */
export function readClaim(path: string, medium: ClaimMedium = inFile): Claim | undefined {
  const text = medium.read(path);
  return text === undefined ? undefined : parse(text);
}

/** A torn file (a full disk, a crash of the machine) is nobody's claim. */
function parse(text: string): Claim | undefined {
  try {
    return JSON.parse(text) as Claim;
  } catch {
    return undefined;
  }
}

/** How long a process may take to remove a stale file before it counts as killed while doing it, in milliseconds. */
const gateMs = 5000;

/**
 * Removes the file if it still says the same. One process at a time may (it holds a folder as a gate), and nobody else
 * removes the claim of another, so a living claim is never lost. The others come back and look again.
 */
function removeStale(path: string, stale: string, medium: ClaimMedium): void {
  const gate = `${path}.reclaim`;
  if (!enter(gate)) return;
  try {
    if (medium.read(path) === stale) rmSync(path, { force: true });
  } finally {
    rmSync(gate, { recursive: true, force: true });
  }
}

function enter(gate: string): boolean {
  try {
    mkdirSync(gate);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const made = statSync(gate, { throwIfNoEntry: false })?.mtimeMs;
  if (made === undefined) return false;
  const age = Math.abs(performance.timeOrigin + performance.now() - made);
  if (age > gateMs) rmSync(gate, { recursive: true, force: true });
  else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  return false;
}
