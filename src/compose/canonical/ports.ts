import { isIP } from 'node:net';

/** A port in its short form, read: one entry of the long form. */
export interface ShortPort {
  readonly mode: 'ingress';
  readonly host_ip?: string;
  readonly target: number;
  readonly published?: string;
  readonly protocol: string;
}

/** Reads `[[HOST_IP:]PUBLISHED:]TARGET[/PROTOCOL]`, ranges included; gives the reason as a string when it cannot. */
export function parsePort(spec: string): ShortPort[] | string {
  const parts = spec.split(':');
  const [container = '', published = ''] = [parts.at(-1), parts.at(-2)];
  const host = parts.slice(0, -2).join(':');
  const slash = container.indexOf('/');
  const range = slash === -1 ? container : container.slice(0, slash);
  const protocol = (slash === -1 ? '' : container.slice(slash + 1)).toLowerCase() || 'tcp';
  if (range === '') return 'it names no port of the container';
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) return `"${protocol}" is no protocol; use tcp, udp or sctp`;
  const address = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  if (address !== '' && isIP(withoutZone(address)) === 0) return `"${address}" is no IP address`;
  const target = parseRange(range);
  if (target === undefined) return `"${range}" is no port or range of ports`;
  const outer = published === '' ? undefined : parseRange(published);
  if (published !== '' && outer === undefined) return `"${published}" is no port or range of ports`;
  const count = target.end - target.start + 1;
  if (outer !== undefined && count > 1 && outer.end - outer.start + 1 !== count) {
    return `the ranges "${published}" and "${range}" differ in length`;
  }
  const entries = Array.from({ length: count }, (_, index): ShortPort => {
    const open = outer !== undefined && count === 1 && outer.start !== outer.end;
    const first = outer === undefined ? undefined : String(outer.start + index);
    return {
      mode: 'ingress',
      ...(address === '' ? {} : { host_ip: address }),
      target: target.start + index,
      ...(first === undefined ? {} : { published: open ? `${first}-${outer?.end}` : first }),
      protocol,
    };
  });
  // As the reference orders them: by the text of the port.
  return entries.sort((a, b) => (`${a.target}/` < `${b.target}/` ? -1 : 1));
}

function withoutZone(address: string): string {
  return address.includes('%') ? 'zone' : address;
}

function parseRange(text: string): { start: number; end: number } | undefined {
  const dash = text.indexOf('-');
  const start = parseNumber(dash === -1 ? text : text.slice(0, dash));
  const end = dash === -1 ? start : parseNumber(text.slice(dash + 1));
  return start === undefined || end === undefined || end < start ? undefined : { start, end };
}

function parseNumber(text: string): number | undefined {
  const port = /^\+?[0-9]{1,6}$/.test(text) ? Number(text) : -1;
  return port >= 0 && port <= 65_535 ? port : undefined;
}
