import { setTimeout as sleep } from 'node:timers/promises';
import { livenessOf, type ProcessIdentity } from '../../model/index.js';
import { PortReservations } from '../../ports/index.js';
import type { Owner, SweepReport } from '../runtime.js';
import { dataFolders, removeDataFolder, temporaryFolder } from './data-folder.js';
import type { HostEnvironment } from './find-program.js';
import { killAllOf, killTree, signalGroup } from './process/tree.js';
import { RunRecord } from './run-record.js';
import { removeStaleDrafts } from './stale-drafts.js';

/** What a sweep of the embedded runtime works on. */
export interface EmbeddedSweepOptions {
  /** Absolute path of the per-user state folder. */
  readonly stateFolder: string;
  /** The host's environment variables. */
  readonly environment: HostEnvironment;
  /** Also what another machine or container left, whose owner cannot be asked. Default false. */
  readonly all?: boolean;
}

const graceMs = 2000;
const pollMs = 10;

type Removed = SweepReport['removed'][number];

/**
 * Ends the programs and removes the data that agents left behind when they were killed; leaves living runs alone. Data is
 * found also when the state folder that recorded it is gone.
 */
export async function sweepEmbedded(options: EmbeddedSweepOptions): Promise<SweepReport> {
  const { stateFolder, environment } = options;
  const removed: Removed[] = [];
  const kept = new Set<string>();
  const isOver = ({ instance, process }: Owner): boolean => {
    const liveness = livenessOf(process);
    if (liveness === 'dead' || (liveness === 'foreign' && options.all === true)) return true;
    kept.add(instance);
    return false;
  };
  for (const record of RunRecord.all(stateFolder)) {
    const head = record.head();
    if (head === undefined || !isOver(head.owner)) continue;
    if (isHere(head.owner.process)) removed.push(...(await endRecorded(record)));
    removed.push(...(await removeData(head.owner, head.dataFolder)));
    record.remove();
    removed.push({ type: 'folder', name: record.folder });
  }
  for (const { path, owner } of dataFolders({ stateFolder, temporary: temporaryFolder(environment) })) {
    if (isOver(owner)) removed.push(...(await removeData(owner, path)));
  }
  for (const name of removeStaleDrafts(stateFolder)) removed.push({ type: 'folder', name });
  new PortReservations(stateFolder).sweep();
  return { removed, kept: kept.size };
}

/** A Postgres server that is only killed leaves shared memory behind that no folder holds; so it is asked first. */
async function endRecorded(record: RunRecord): Promise<Removed[]> {
  const programs = record.programs().filter(({ process }) => livenessOf(process) === 'alive');
  await Promise.all(
    programs.map(async ({ process, signal }) => {
      if (signal === 'SIGQUIT') {
        signalGroup(process.pid, signal);
        for (let waited = 0; waited < graceMs && livenessOf(process) === 'alive'; waited += pollMs) await sleep(pollMs);
      }
      killTree(process.pid);
    }),
  );
  return programs.map(({ service, process }) => ({ type: 'process', name: `${service} (pid ${process.pid})` }));
}

async function removeData(owner: Owner, folder: string): Promise<Removed[]> {
  const pids = isHere(owner.process) ? killAllOf(owner.instance, folder) : [];
  await removeDataFolder(folder);
  return [...pids.map((pid): Removed => ({ type: 'process', name: `pid ${pid}` })), { type: 'folder', name: folder }];
}

/** Pids of another machine or container mean nothing here; only its folders can be removed. */
function isHere(owner: ProcessIdentity): boolean {
  return livenessOf(owner) !== 'foreign';
}
