import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { parseSubnet, type Subnet } from './subnet.js';

/** Lists the subnets that this machine reaches already: its interfaces and, on Linux, its routes. */
export function hostSubnets(): readonly Subnet[] {
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return [...interfaces.flatMap(({ cidr }) => (cidr === null ? [] : (parseSubnet(cidr) ?? []))), ...routes()];
}

function routes(): readonly Subnet[] {
  let table: string;
  try {
    table = readFileSync('/proc/net/route', 'utf8');
  } catch {
    return [];
  }
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, destination, , , , , , mask] = line.split(/\s+/);
      const prefix = mask === undefined ? 0 : bits(Number.parseInt(mask, 16));
      // The default route leads everywhere and blocks nothing.
      return destination === undefined || prefix === 0 ? [] : (parseSubnet(`${dotted(destination)}/${prefix}`) ?? []);
    });
}

// The kernel writes addresses as little-endian hexadecimal.
function dotted(hex: string): string {
  return [6, 4, 2, 0].map((index) => Number.parseInt(hex.slice(index, index + 2), 16)).join('.');
}

function bits(mask: number): number {
  return mask.toString(2).replaceAll('0', '').length;
}
