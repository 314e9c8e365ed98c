import { formatDuration, type SnapshotInfo } from '../../model/index.js';
import type { Colors } from './colors.js';
import { renderTable } from './table.js';

/** A snapshot as the table shows it. */
type Shown = SnapshotInfo & { readonly usedAt: number; readonly usable: boolean };

/** Sets snapshots in a table; `now` in milliseconds since 1970. */
export function snapshotsTable(snapshots: readonly Shown[], show: { now: number; colors: Colors }): string {
  const ago = (time: number) => `${formatDuration(Math.max(0, show.now - time))} ago`;
  const rows = snapshots.map(({ key, runtime, service, from, bytes, createdAt, usedAt, usable }) => [
    key,
    runtime,
    service,
    from,
    `${Math.ceil(bytes / 1_000_000)} MB`,
    usable ? ago(createdAt) : 'too old',
    ago(usedAt),
  ]);
  return renderTable(['SNAPSHOT', 'RUNTIME', 'SERVICE', 'FROM', 'SIZE', 'MADE', 'USED'], rows, show.colors);
}
