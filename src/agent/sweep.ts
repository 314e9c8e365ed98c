import { rmSync } from 'node:fs';
import { stateFolder } from '../config/state-folder.js';
import type { EnvironmentSource } from '../environment/index.js';
import { livenessOf, readClaim, type SweepReport, type SweptItem } from '../model/index.js';
import { agentPaths } from './paths.js';
import { keys, readRecords } from './record.js';

/** What a sweep works on. */
export interface SweepRequest {
  readonly environment: EnvironmentSource['environment'];
  /** Also what other machines and containers left. Default false. */
  readonly all?: boolean;
}

/** Removes what killed agents left: containers, networks, volumes, processes, data folders, and their own folders. */
export async function sweep({ environment, all = false }: SweepRequest): Promise<SweepReport> {
  const folder = stateFolder(environment);
  const { sweepRuntimes } = await import('../environment/index.js');
  const report = await sweepRuntimes({ stateFolder: folder, environment, all });
  return { kept: report.kept, removed: [...report.removed, ...sweepFolders(folder)] };
}

function sweepFolders(stateFolder: string): readonly SweptItem[] {
  const living = new Set(
    readRecords(stateFolder)
      .filter((record) => livenessOf(record.process) !== 'dead')
      .map((record) => record.key),
  );
  return keys(stateFolder).flatMap((key) => {
    const paths = agentPaths(stateFolder, key);
    const spawner = readClaim(paths.lock);
    if (living.has(key) || (spawner !== undefined && livenessOf(spawner.process) !== 'dead')) return [];
    rmSync(paths.folder, { recursive: true, force: true });
    return [{ type: 'folder' as const, name: paths.folder }];
  });
}
