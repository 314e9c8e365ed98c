import { isMapping } from '../yaml/value.js';
import { type Decoder, integer, mode, refuse, struct, text } from './fields.js';

/** A secret or config as a service is given it. */
export const grant: Decoder = struct({ source: text, target: text, uid: text, gid: text, mode });

/** A limit: one number, or a soft and a hard one. */
export const ulimit: Decoder = (value, entry) => {
  if (isMapping(value)) return struct({ soft: integer, hard: integer })(value, entry);
  return typeof value === 'number' ? value : refuse(entry, value, 'it must be an integer or a mapping');
};
