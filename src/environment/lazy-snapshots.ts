import type { KeepOptions } from './keep-snapshots.js';
import type { CacheOptions, KeptSnapshot, PruneOptions } from './snapshot-cache.js';

/** Does what `keepSnapshots` promises; its code is loaded only now. */
export async function keepSnapshots(options: KeepOptions): Promise<readonly string[]> {
  return (await import('./keep-snapshots.js')).keepSnapshots(options);
}

/** Lists the snapshots in the engine (when one answers) and in the state folder, the one that was used last first. */
export async function listSnapshots(options: CacheOptions): Promise<readonly KeptSnapshot[]> {
  return (await import('./snapshot-cache.js')).listSnapshots(options);
}

/**
 * Removes the snapshots that are too old, and of the others those that were used longest ago until at most `maxBytes` are left
 * (default: 2 GiB; 0: all). Those in use stay. Gives those that were removed.
 */
export async function pruneSnapshots(options: PruneOptions): Promise<readonly KeptSnapshot[]> {
  return (await import('./snapshot-cache.js')).pruneSnapshots(options);
}
