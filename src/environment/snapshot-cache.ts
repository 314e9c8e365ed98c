import type { SnapshotInfo } from '../model/index.js';
import { maxAgeMs, SnapshotUse } from '../runtime/index.js';

/** What the snapshots are looked for with. */
export interface CacheOptions {
  readonly stateFolder: string;
  /** The host's environment variables: they say where the engine is. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Gives the time in milliseconds since 1970. */
  readonly now: () => number;
}

/** What is removed. */
export interface PruneOptions extends CacheOptions {
  /** So much may stay, in bytes. */
  readonly maxBytes?: number;
}

/** A snapshot with what is known of its use. */
export interface KeptSnapshot extends SnapshotInfo {
  /** Milliseconds since 1970. */
  readonly usedAt: number;
  /** False: it is too old to be used. */
  readonly usable: boolean;
}

/** So much of snapshots is kept where nobody says otherwise. */
const defaultMaxBytes = 2 * 1024 ** 3;

/** Lists what engine and state folder keep. */
export async function listSnapshots({ stateFolder, environment, now }: CacheOptions): Promise<readonly KeptSnapshot[]> {
  const { docker, embedded } = await load();
  const kept = [...(await docker.listDockerSnapshots(environment)), ...embedded.listSnapshotFolders(stateFolder)];
  const use = new SnapshotUse(stateFolder);
  return kept
    .map((snapshot) => ({
      ...snapshot,
      usedAt: Math.max(snapshot.createdAt, use.lastUsed(snapshot.key)),
      usable: now() - snapshot.createdAt < maxAgeMs,
    }))
    .sort((a, b) => b.usedAt - a.usedAt);
}

/** Removes what is too old or too much; those in use stay. */
export async function pruneSnapshots(options: PruneOptions): Promise<readonly KeptSnapshot[]> {
  const { stateFolder, environment, maxBytes = defaultMaxBytes } = options;
  const { docker, embedded } = await load();
  const use = new SnapshotUse(stateFolder);
  const removed: KeptSnapshot[] = [];
  let left = maxBytes;
  for (const snapshot of await listSnapshots(options)) {
    left -= snapshot.usable ? snapshot.bytes : 0;
    if (snapshot.usable && left >= 0 && maxBytes > 0) continue;
    const { runtime, key } = snapshot;
    const isGone =
      runtime === 'docker'
        ? await docker.removeDockerSnapshot(key, environment)
        : embedded.removeSnapshotFolder(stateFolder, key);
    if (!isGone) continue;
    use.forget(key);
    removed.push(snapshot);
  }
  return removed;
}

async function load() {
  const [docker, embedded] = await Promise.all([
    import('../runtime/docker/index.js'),
    import('../runtime/embedded/index.js'),
  ]);
  return { docker, embedded };
}
