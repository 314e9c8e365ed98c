import { type EnvironmentDocument, formatDuration } from '../../model/index.js';
import type { Colors } from './colors.js';
import { leasesTable } from './leases-table.js';
import { shortPath } from './position.js';
import { servicesTable } from './services-table.js';

/** Writes one environment for people: what it is, its services, its leases, who holds it. */
export function environmentText(
  { environment, services, leases, sessions }: EnvironmentDocument,
  { cwd, colors, now }: { readonly cwd: string; readonly colors: Colors; readonly now: number },
): string {
  const { project, runtime, state, directory, agent } = environment;
  const owner = agent === null ? '' : `, agent ${agent.pid}`;
  const held = sessions.map(({ client, pid, since, detached }) => {
    const who = detached ? 'until portside down' : `pid ${pid ?? 'unknown'}`;
    return `${client} (${who}, ${formatDuration(Math.max(0, now - since))})`;
  });
  return [
    `${colors.bold(project)}: ${state}, runtime ${runtime}, in ${shortPath(directory, cwd)}${owner}`,
    servicesTable(services, { colors, now }),
    ...(leases.length === 0 ? [] : [leasesTable(leases, { colors, now })]),
    `${colors.dim('held by:')} ${held.length === 0 ? 'nobody, kept warm' : held.join('; ')}`,
  ].join('\n');
}
