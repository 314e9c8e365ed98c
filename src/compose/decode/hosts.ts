import { textAt } from '../yaml/text.js';
import { isMapping, isSequence, type Value } from '../yaml/value.js';
import { type Decoder, type Entry, refuse } from './fields.js';

/** Extra hosts, as sorted `HOST=ADDRESS` entries. */
export const hosts: Decoder = (value, entry) => {
  if (value === null) return undefined;
  const pairs = readPairs(value, entry);
  for (const [host] of pairs) {
    if (host === '' || /[:=]/.test(host)) refuse(entry, value, `"${host}" is no host name`);
  }
  const lines = pairs.map(([host, address]) => `${host}=${address.replace(/^\[(.+)\]$/, '$1')}`);
  return lines.length === 0 ? undefined : lines.sort();
};

function readPairs(value: Value, entry: Entry): [host: string, address: string][] {
  if (isMapping(value)) {
    return Object.entries(value).flatMap(([host, address]): [string, string][] =>
      isSequence(address)
        ? address.map((_, index): [string, string] => [host, textAt(address, index)])
        : [[host, textAt(value, host)]],
    );
  }
  if (!isSequence(value)) {
    refuse(entry, value, 'it must be a mapping or a list');
    return [];
  }
  return value.flatMap((_, index): [string, string][] => {
    const line = textAt(value, index);
    const at = line.includes('=') ? line.indexOf('=') : line.indexOf(':');
    if (at === -1) {
      refuse(entry, line, 'it must have the form HOST=ADDRESS');
      return [];
    }
    const addresses = line.slice(at + 1).split(',');
    return addresses.map((address): [string, string] => [line.slice(0, at), address]);
  });
}
