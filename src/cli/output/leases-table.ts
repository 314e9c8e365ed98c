import { formatDuration, type LeaseDocument } from '../../model/index.js';
import type { Colors } from './colors.js';
import { renderTable } from './table.js';

/** Lists leases with who holds them, and what is waited for. */
export function leasesTable(
  leases: readonly LeaseDocument[],
  { colors, now }: { readonly colors: Colors; readonly now: number },
): string {
  const rows = leases.map(({ service, isolation, state, name, owner, since }) => [
    colors.bold(service),
    isolation ?? '',
    state === 'active' ? colors.green(state) : colors.yellow(state),
    name ?? '',
    `${owner.client} (pid ${owner.pid ?? 'unknown'})`,
    owner.file ?? '',
    formatDuration(Math.max(0, now - since)),
  ]);
  return renderTable(['LEASE OF', 'ISOLATION', 'STATE', 'NAME', 'OWNER', 'TEST FILE', 'AGE'], rows, colors);
}
