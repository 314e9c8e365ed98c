import { isIPv4 } from 'node:net';
import { PortsideError, type Telemetry } from '../model/index.js';
import type { BroadcastSecret } from './signature.js';

/** A multicast group and the UDP port on which announcements of one kind of listeners travel. */
export interface Channel {
  readonly group: string;
  readonly port: number;
}

/** What announcer and listener have in common. */
export interface BroadcastOptions {
  /** The secret that all who take part share, of at least 16 bytes; `false` switches signing off. */
  readonly secret: BroadcastSecret;
  /** Gives the time in milliseconds since 1970, for example `Date.now`. */
  readonly now: () => number;
  /** Multicast groups with their ports. Default `['239.255.0.1:7001']`. */
  readonly channels?: readonly string[];
  /** IPv4 address of the network interface. Default `127.0.0.1`. */
  readonly interface?: string;
  /** Whom it tells what it sends, hears and rejects. Default: nobody. */
  readonly telemetry?: Pick<Telemetry, 'metrics' | 'log'>;
}

export const defaultChannels: readonly string[] = ['239.255.0.1:7001'];
export const defaultInterface = '127.0.0.1';

/** Reads a channel such as `239.255.0.1:7001`. */
export function parseChannel(text: string): Channel {
  const [, group = '', digits = ''] = /^([\d.]+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const first = Number(group.split('.')[0]);
  if (!isIPv4(group) || first < 224 || first > 239 || port < 1 || port > 65_535) {
    throw new PortsideError(
      'BROADCAST_INVALID',
      `Cannot use the channel: it must be an IPv4 multicast address with a port. Current value is '${text}'.`,
      { hint: 'Write it like 239.255.0.1:7001; the address lies between 224.0.0.0 and 239.255.255.255.' },
    );
  }
  return { group, port };
}

/** Writes a channel as `parseChannel` reads it. */
export function formatChannel({ group, port }: Channel): string {
  return `${group}:${port}`;
}
