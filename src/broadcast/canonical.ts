import { PortsideError } from '../model/index.js';

/** How deep announcements may nest; the format needs three levels. */
const maxDepth = 8;

/**
 * Writes a JSON value in the one form that is signed: object keys sorted by UTF-16 code units, no white space, members that
 * are `undefined` left out.
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth === maxDepth) {
    throw new PortsideError(
      'BROADCAST_INVALID',
      `Cannot serialise the value: it nests deeper than ${maxDepth} levels.`,
    );
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`;
  const object = value as Readonly<Record<string, unknown>>;
  const members = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key], depth + 1)}`);
  return `{${members.join(',')}}`;
}
