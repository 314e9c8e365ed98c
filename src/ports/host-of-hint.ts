import { isIPv6 } from 'node:net';

/**
 * Gives the host of an address such as `tcp://10.0.0.5:4243`, `localhost:80` or `[::1]:80`; its port counts for nothing,
 * and `*` means all addresses.
 */
export function hostOfHint(hint: string): string {
  const authority = hint.slice(hint.indexOf('://') < 0 ? 0 : hint.indexOf('://') + 3);
  if (isIPv6(authority)) return authority;
  const host = /^\[(.+)\]/.exec(authority)?.[1] ?? authority.split(/[:/]/)[0] ?? '';
  return host === '*' ? '0.0.0.0' : host;
}
