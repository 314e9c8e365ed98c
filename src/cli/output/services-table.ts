import { formatDuration, type ServiceDocument } from '../../model/index.js';
import type { Colors } from './colors.js';
import { renderTable } from './table.js';

/** How services are listed; with the time now, their ages stand in a last column. */
export interface ServicesTableOptions {
  readonly colors: Colors;
  /** Milliseconds since 1970. */
  readonly now?: number;
}

/** Lists services with their kinds, states, addresses and ports. */
export function servicesTable(services: readonly ServiceDocument[], { colors, now }: ServicesTableOptions): string {
  const headings = ['SERVICE', 'KIND', 'STATUS', 'ADDRESS', 'PORTS', ...(now === undefined ? [] : ['AGE'])];
  const rows = services.map((service) => [
    colors.bold(service.name),
    service.kind,
    coloredStatus(service.status, colors),
    service.url ?? '',
    service.ports.map(({ target, protocol, port }) => `${target}/${protocol} -> ${port}`).join('\n'),
    ...(now === undefined ? [] : [service.since === null ? '' : formatDuration(Math.max(0, now - service.since))]),
  ]);
  return renderTable(headings, rows, colors);
}

function coloredStatus(status: string, colors: Colors): string {
  if (status === 'healthy' || status === 'ready' || status === 'completed') return colors.green(status);
  return status === 'unhealthy' || status === 'failed' ? colors.red(status) : colors.yellow(status);
}
