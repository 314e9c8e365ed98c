import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { identifyProcess, livenessOf } from '../../model/index.js';

/** What is not finished yet carries the process id of its maker behind its name: clusters and snapshots. */
const draft = /^(?:postgres-.*|\..*)\.(\d+)\.[a-z0-9]+$/;

/** Removes what killed processes have left half made in the cache of prepared data; gives the paths. */
export function removeStaleDrafts(stateFolder: string): readonly string[] {
  const cache = join(stateFolder, 'cache');
  return [cache, join(cache, 'snapshots')].flatMap((folder) =>
    namesIn(folder).flatMap((name) => {
      const [, maker] = draft.exec(name) ?? [];
      if (maker === undefined || livenessOf(identifyProcess(Number(maker))) !== 'dead') return [];
      rmSync(join(folder, name), { recursive: true, force: true });
      return [join(folder, name)];
    }),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Nothing has been kept yet.
    return [];
  }
}
