import { settingsFromEnvironment, stateFolder } from '../../config/index.js';
import { listSnapshots, pruneSnapshots } from '../../environment/index.js';
import type { CacheOptions } from '../declarations.js';
import { exitCodes } from '../exit-code.js';
import type { Invocation } from '../invocation.js';
import { snapshotsTable } from '../output/snapshots-table.js';
import { usageError } from '../usage-error.js';

/** Lists the prepared data that is kept for later starts (`ls`), or removes what is old or too much of it (`prune`). */
export async function cache({ context, options, args, output }: Invocation<CacheOptions>): Promise<number> {
  const { environment, now } = context;
  const places = { stateFolder: stateFolder(environment), environment, now };
  const [action] = args;
  if (action === 'ls') {
    const snapshots = await listSnapshots(places);
    output.result({ snapshots }, () =>
      snapshots.length === 0 ? 'Nothing is kept.' : snapshotsTable(snapshots, { now: now(), colors: output.out }),
    );
  } else if (action === 'prune') {
    const { all, maxSize } = options;
    const most = all === true ? 0 : (maxSize ?? settingsFromEnvironment(environment).settings.snapshotBytes);
    const removed = await pruneSnapshots({ ...places, ...(most === undefined ? {} : { maxBytes: most }) });
    const line = ({ key, service, runtime }: (typeof removed)[number]) => `removed ${key} (${service}, ${runtime})`;
    output.result({ removed }, () => (removed.length === 0 ? 'Nothing to remove.' : removed.map(line).join('\n')));
  } else {
    throw usageError(`there is no "cache ${action}".`, 'Use "portside cache ls" or "portside cache prune".');
  }
  return exitCodes.ok;
}
