import { readBoolean } from '../boolean.js';
import type { Path, Problems } from '../problems.js';
import { placeOf } from '../yaml/place.js';
import { textAt } from '../yaml/text.js';
import { emptyMapping, isMapping, isSequence, type Mapping, typeName, type Value } from '../yaml/value.js';
import { parseBytes } from './bytes.js';
import { canonicalDuration } from './duration.js';
import { splitWords } from './words.js';

/** The entry that a decoder reads. */
export interface Entry {
  readonly container: Mapping | Value[];
  readonly key: string | number;
  readonly path: Path;
  readonly problems: Problems;
}

/** Turns one entry into its canonical form; `undefined` leaves it out. */
export type Decoder = (value: Value, entry: Entry) => unknown;

/** Reports that an entry does not have the type it must have. */
function wrong(entry: Entry, value: Value, wants: string): undefined {
  entry.problems.invalid(entry.path, `it must be ${wants}`, value, placeOf(entry.container, entry.key));
  return undefined;
}

function below(container: Mapping | Value[], key: string | number, entry: Entry): Entry {
  return { container, key, path: [...entry.path, key], problems: entry.problems };
}

/** A text; the empty text is left out. */
export const text: Decoder = (value, entry) => {
  if (value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? textAt(entry.container, entry.key) : wrong(entry, value, 'a string');
};

/** A boolean; the words of YAML 1.1 are understood. */
export const flag: Decoder = (value, entry) => {
  if (value === null || typeof value === 'boolean') return value ?? undefined;
  const read = typeof value === 'string' ? readBoolean(value) : undefined;
  return read ?? wrong(entry, value, 'true or false');
};

/** A boolean that is left out when it is false. */
export const flagWhenTrue: Decoder = (value, entry) => flag(value, entry) || undefined;

/** An integer; a text of digits is read as one. */
export const integer: Decoder = (value, entry) => {
  if (value === null) return undefined;
  if (typeof value === 'number') return Math.trunc(value);
  const isDigits = typeof value === 'string' && /^[-+]?[0-9]+$/.test(value);
  return isDigits ? Number(value) : wrong(entry, value, 'an integer');
};

/** An integer that is at least 0. */
export const count: Decoder = (value, entry) => {
  const number = integer(value, entry);
  return typeof number === 'number' && number < 0 ? wrong(entry, value, 'at least 0') : number;
};

/** A number of single precision, as the reference keeps it. */
export const single: Decoder = (value, entry) => {
  if (value === null) return undefined;
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (typeof value === 'object' || typeof value === 'boolean' || Number.isNaN(number))
    return wrong(entry, value, 'a number');
  for (let digits = 1; digits <= 9; digits += 1) {
    const shown = Number(number.toPrecision(digits));
    if (Math.fround(shown) === Math.fround(number)) return shown;
  }
  return number;
};

/** Leaves out what a decoder gives as 0. */
export function whenNotZero(decoder: Decoder): Decoder {
  return (value, entry) => decoder(value, entry) || undefined;
}

/** A number of bytes, as a text of digits. */
export const bytes: Decoder = (value, entry) => {
  if (value === null) return undefined;
  const size =
    typeof value === 'number' ? Math.trunc(value) : typeof value === 'string' ? parseBytes(value) : undefined;
  if (size === undefined) return wrong(entry, value, 'a size such as 512m or 2g');
  return size === 0 ? undefined : String(size);
};

/** A duration, as the reference prints it. */
export const duration: Decoder = (value, entry) => {
  if (value === null) return undefined;
  return canonicalDuration(String(value)) ?? wrong(entry, value, 'a duration such as 1m30s');
};

/** A file mode, as a text of octal digits. */
export const mode: Decoder = (value, entry) => {
  if (value === null) return undefined;
  const number = typeof value === 'string' && /^[0-7]+$/.test(value) ? Number.parseInt(value, 8) : value;
  return typeof number === 'number' && Number.isInteger(number)
    ? `0${number.toString(8)}`
    : wrong(entry, value, 'an octal file mode');
};

/** A list, each of its entries decoded; an empty list is left out. */
export function list(decoder: Decoder): Decoder {
  return (value, entry) => {
    if (value === null) return undefined;
    if (!isSequence(value)) return wrong(entry, value, 'a list');
    const result = value.map((item, index) => decoder(item, below(value, index, entry)) ?? null);
    return result.length === 0 ? undefined : result;
  };
}

const plainText: Decoder = (value, entry) =>
  typeof value === 'object' ? wrong(entry, value, 'a string') : textAt(entry.container, entry.key);

/** A list of texts and numbers, as texts. */
export const texts: Decoder = list(plainText);

/** A text or a list of texts, as a list. */
export const textOrTexts: Decoder = (value, entry) => (typeof value === 'string' ? [value] : texts(value, entry));

/** A mapping, each of its values decoded; an empty mapping is left out. */
export function record(decoder: Decoder): Decoder {
  return (value, entry) => {
    if (value === null) return undefined;
    if (!isMapping(value)) return wrong(entry, value, 'a mapping');
    const result = emptyMapping() as Record<string, unknown>;
    for (const [key, item] of Object.entries(value)) result[key] = decoder(item, below(value, key, entry)) ?? null;
    return Object.keys(result).length === 0 ? undefined : result;
  };
}

/** Mappings of texts, from a mapping or from a list of `KEY=VALUE`; `unset` stands for a key without a value. */
function keyValues(unset: '' | null): Decoder {
  return (value, entry) => {
    if (value === null) return undefined;
    const result = emptyMapping();
    if (isMapping(value)) {
      for (const [key, item] of Object.entries(value)) result[key] = item === null ? unset : textAt(value, key);
    } else if (isSequence(value)) {
      for (const index of value.keys()) {
        const item = textAt(value, index);
        const equals = item.indexOf('=');
        const key = equals === -1 ? item : item.slice(0, equals);
        if (unset === null && /\s$/.test(key)) {
          wrong(below(value, index, entry), item, 'NAME=VALUE without a space before the equals sign');
        }
        result[key] = equals === -1 ? unset : item.slice(equals + 1);
      }
    } else {
      return wrong(entry, value, 'a mapping or a list');
    }
    return Object.keys(result).length === 0 ? undefined : result;
  };
}

/** Labels and options: a key without a value has the empty text. */
export const labels: Decoder = keyValues('');

/** Environment variables: a name without a value stays without one. */
export const environment: Decoder = keyValues(null);

/** A command: a text is split into words; the empty command is kept, since it clears the image's own. */
export const command: Decoder = (value, entry) => {
  if (value === null) return undefined;
  if (isSequence(value)) return value.map((_, index) => textAt(value, index));
  if (typeof value !== 'string') return wrong(entry, value, `a string or a list, and is ${typeName(value)}`);
  return splitWords(value) ?? wrong(entry, value, 'a command whose quotes and parentheses come out even');
};

/** One decoder for each key of a mapping; keys without a decoder are left out. */
export function struct(fields: Readonly<Record<string, Decoder>>): Decoder {
  const names = Object.keys(fields);
  return (value, entry) => {
    if (value === null) return undefined;
    if (!isMapping(value)) return wrong(entry, value, 'a mapping');
    const result: Record<string, unknown> = {};
    for (const name of names) {
      const item = value[name];
      if (item === undefined) continue;
      const decoded = fields[name]?.(item, below(value, name, entry));
      if (decoded !== undefined) result[name] = decoded;
    }
    return result;
  };
}

/** Reports an entry for a reason that no type tells. */
export function refuse(entry: Entry, value: Value, why: string): undefined {
  entry.problems.invalid(entry.path, why, value, placeOf(entry.container, entry.key));
  return undefined;
}
