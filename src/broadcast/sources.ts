import { BlockList, isIP } from 'node:net';
import { PortsideError } from '../model/index.js';

const loopback = ['127.0.0.0/8'];
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'];

/** The sources that are listened to when none are named: this machine, and private networks when another interface is used. */
export function defaultSources(networkInterface: string): readonly string[] {
  return networkInterface.startsWith('127.') ? loopback : [...loopback, ...privateRanges];
}

/** Makes the test of a datagram's source address from IPv4 ranges in CIDR form, for example `10.0.0.0/8`. */
export function sourceFilter(ranges: readonly string[]): (address: string) => boolean {
  const allowed = new BlockList();
  for (const range of ranges) {
    const [address = '', bits = '32', ...rest] = range.split('/');
    if (isIP(address) !== 4 || !/^\d{1,2}$/.test(bits) || Number(bits) > 32 || rest.length > 0) {
      throw new PortsideError(
        'BROADCAST_INVALID',
        `Cannot listen for announcements: a source must be an IPv4 range. Current value is '${range}'.`,
        { hint: 'Write it like 192.168.0.0/16 or 192.168.0.7.' },
      );
    }
    allowed.addSubnet(address, Number(bits), 'ipv4');
  }
  return (address) => isIP(address) === 4 && allowed.check(address, 'ipv4');
}
