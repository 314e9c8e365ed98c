import { type AdvertisedVariables, nearest, type PortDefinition, unknownPlaceholder } from '../../model/index.js';
import type { ServiceHints } from './extension.js';
import type { Report } from './report.js';

/** Gives the variables that tell a program its host address; each placeholder must stand for a port of the service. */
export function advertiseOf(
  { advertise }: ServiceHints,
  ports: readonly PortDefinition[],
  service: string,
  report: Report,
): AdvertisedVariables | undefined {
  if (advertise.size === 0) return undefined;
  const known = ['host', 'port', ...ports.map(({ target, name }) => `ports.${name ?? target}`)];
  for (const { text, path } of advertise.values()) {
    const unknown = unknownPlaceholder(text, ports);
    if (unknown === undefined) continue;
    const why =
      ports.length === 0 ? 'the service has no port' : `"{${unknown}}" stands for nothing that the service has`;
    const near = nearest(unknown, known);
    const hint =
      ports.length === 0
        ? 'List the port in ports or expose.'
        : `${near === undefined ? '' : `Did you mean "{${near}}"? `}Known: ${known.map((name) => `{${name}}`).join(', ')}; a plain brace is {{.`;
    report.fail('COMPOSE_INVALID', path, `Cannot use ${path.join('.')}: ${why}. Current value is "${text}".`, {
      service,
      hint,
    });
  }
  return Object.fromEntries([...advertise].map(([name, { text }]) => [name, text]));
}
