import type { RunningService } from '../runtime.js';
import type { DockerContext } from './context.js';
import type { ContainerRecord } from './records.js';

/** Gives the started service, and reports what happened to its container before anybody could know it, once its starter does. */
export function announce({ records }: DockerContext, record: ContainerRecord): RunningService {
  const { running } = record;
  if (running === undefined) throw new TypeError('a started container has its ports read');
  setImmediate(() => {
    if (record.removing) return;
    if (record.healthy !== undefined) records.emit({ type: 'health', running, healthy: record.healthy });
    if (record.exit !== undefined) records.emit({ type: 'exited', running, exit: record.exit });
  });
  return running;
}
