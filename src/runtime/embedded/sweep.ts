import { livenessOf } from '../../model/index.js';
import { PortReservations } from '../../ports/index.js';
import type { SweepReport } from '../runtime.js';
import { removeFolder } from './data-folder.js';
import { killMarked, killTree } from './process/tree.js';
import { RunRecord } from './run-record.js';

/** What a sweep of the embedded runtime works on. */
export interface EmbeddedSweepOptions {
  /** Absolute path of the per-user state folder. */
  readonly stateFolder: string;
  /** Also what another machine or container left, whose owner cannot be asked. Default false. */
  readonly all?: boolean;
}

/** Ends the programs and removes the data that agents left behind when they were killed; leaves living runs alone. */
export async function sweepEmbedded(options: EmbeddedSweepOptions): Promise<SweepReport> {
  const removed: SweepReport['removed'][number][] = [];
  let kept = 0;
  for (const record of RunRecord.all(options.stateFolder)) {
    const head = record.head();
    const liveness = head === undefined ? 'alive' : livenessOf(head.owner.process);
    if (head === undefined || liveness === 'alive' || (liveness === 'foreign' && options.all !== true)) {
      kept += 1;
      continue;
    }
    // Pids of another machine mean nothing here; only its folders can be removed.
    if (liveness === 'dead') removed.push(...endPrograms(record, head.owner.instance));
    await removeFolder(head.dataFolder);
    removed.push({ type: 'folder', name: head.dataFolder });
    record.remove();
    removed.push({ type: 'folder', name: record.folder });
  }
  new PortReservations(options.stateFolder).sweep();
  return { removed, kept };
}

function endPrograms(record: RunRecord, instance: string): SweepReport['removed'][number][] {
  const programs = record.programs().filter(({ process }) => livenessOf(process) === 'alive');
  for (const { process } of programs) killTree(process.pid);
  return [
    ...programs.map(({ service, process }) => ({ type: 'process' as const, name: `${service} (pid ${process.pid})` })),
    ...killMarked(instance).map((pid) => ({ type: 'process' as const, name: `pid ${pid}` })),
  ];
}
