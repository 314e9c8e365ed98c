import type { PortDefinition, PortProtocol } from '../../model/index.js';
import type { ComposePort, ComposeService } from '../project/model.js';
import { defined } from './omit.js';

/**
 * Gives the ports of a service that are to be reachable from the host: those it publishes and those it exposes, each
 * port of the container once. `names` are names by target port, as labels give them.
 */
export function portsOf(service: ComposeService, names: ReadonlyMap<number, string>): PortDefinition[] {
  const found = new Map<string, PortDefinition>();
  const add = (port: PortDefinition): void => {
    const key = `${port.target}/${port.protocol}`;
    const name = port.name ?? names.get(port.target);
    if (!found.has(key)) found.set(key, { ...port, ...(name === undefined ? {} : { name }) });
  };
  for (const port of service.ports ?? []) if (port.target !== undefined) add(published(port, port.target));
  for (const entry of service.expose ?? []) for (const port of exposed(entry)) add(port);
  for (const target of names.keys()) add({ target, protocol: 'tcp' });
  return [...found.values()];
}

function published(port: ComposePort, target: number): PortDefinition {
  // Of a range, the first: the host port is a preference only.
  const number = Number.parseInt(port.published ?? '', 10);
  return defined({
    target,
    protocol: protocolOf(port.protocol),
    published: number > 0 ? number : undefined,
    hostIp: port.host_ip,
    name: port.name,
    appProtocol: port.app_protocol,
  }) as PortDefinition;
}

const maxRange = 1000;

function exposed(entry: string): PortDefinition[] {
  const [, first, last, protocol] = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(\w+))?$/.exec(entry) ?? [];
  const start = Number(first ?? 0);
  const end = Math.min(Number(last ?? start), start + maxRange - 1);
  if (start < 1 || end > 65_535 || end < start) return [];
  return Array.from({ length: end - start + 1 }, (_, index) => ({
    target: start + index,
    protocol: protocolOf(protocol),
  }));
}

function protocolOf(protocol: string | undefined): PortProtocol {
  return protocol === 'udp' || protocol === 'sctp' ? protocol : 'tcp';
}
