import { type PortsideError, parseDuration, wholeMs } from '../../model/index.js';
import { configProblem, type Problem } from '../config-problem.js';

/** Where a value stands, and where what is wrong with it is collected. */
export interface Place {
  readonly file: string | undefined;
  readonly path: readonly string[];
  readonly errors: PortsideError[];
}

/** Reads a value of a configuration; gives `undefined` when it cannot, and has told the place why. `In`: what may be written. */
export interface Reader<In, Out> {
  read(value: unknown, place: Place): Out | undefined;
  readonly accepts?: In;
}

/** Tells what is wrong at a place. */
export function complain(place: Place, problem: Omit<Problem, 'file' | 'path'>): undefined {
  place.errors.push(configProblem({ ...problem, file: place.file, path: place.path }));
}

/** Gives the place of a part. */
export function inside(place: Place, key: string): Place {
  return { ...place, path: [...place.path, key] };
}

/** Tells an object from other values. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reader<Value, Out = Value>(
  needed: string,
  convert: (value: unknown) => Out | undefined,
  known?: readonly string[],
): Reader<Value, Out> {
  return {
    read: (value, place) =>
      convert(value) ?? complain(place, { why: `must be ${needed}`, value, ...(known === undefined ? {} : { known }) }),
  };
}

export const flag: Reader<boolean, boolean> = reader('true or false', (value) =>
  typeof value === 'boolean' ? value : undefined,
);

export const text: Reader<string, string> = reader('a text that is not empty', (value) =>
  typeof value === 'string' && value !== '' ? value : undefined,
);

export const port: Reader<number, number> = reader('a port, 1 to 65535', (value) =>
  isWhole(value) && value >= 1 && value <= 65_535 ? value : undefined,
);

export const count: Reader<number, number> = reader('a whole number above 0', (value) =>
  isWhole(value) && value > 0 ? value : undefined,
);

/** Routers that a datagram may pass, as IP's time to live has it; 0 keeps it on this machine. */
export const hops: Reader<number, number> = reader('a whole number from 0 to 255', (value) =>
  isWhole(value) && value >= 0 && value <= 255 ? value : undefined,
);

/** Gives whole milliseconds, rounded up. */
export const duration: Reader<string | number, number> = reader(
  'a duration such as 30s, 5m or 1m30s, or milliseconds, above 0',
  (value) => {
    const ms = typeof value === 'string' ? parseDuration(value) : value;
    return typeof ms === 'number' && ms > 0 && ms < Infinity ? wholeMs(ms) : undefined;
  },
);

/** Reads one of a few texts. */
export function choice<const Value extends string>(values: readonly Value[]): Reader<Value, Value> {
  return reader(`one of ${values.join(', ')}`, (value) => values.find((known) => known === value), values);
}

/** Reads a list. */
export function list<In, Out>(item: Reader<In, Out>): Reader<readonly In[], readonly Out[]> {
  return {
    read(value, place) {
      if (!Array.isArray(value)) return complain(place, { why: 'must be a list', value });
      return value.map((part, index) => item.read(part, inside(place, String(index))) as Out);
    },
  };
}

/** Reads an object in which any key may stand. */
export function map<In, Out>(
  item: Reader<In, Out>,
): Reader<Readonly<Record<string, In>>, Readonly<Record<string, Out>>> {
  return {
    read(value, place) {
      if (!isObject(value)) return complain(place, { why: 'must be an object', value });
      return Object.fromEntries(
        Object.entries(value).map(([key, part]) => [key, item.read(part, inside(place, key)) as Out]),
      );
    },
  };
}

/** Reads `false`, or what the other one reads. */
export function orFalse<In, Out>(other: Reader<In, Out>): Reader<In | false, Out | false> {
  return { read: (value, place) => (value === false ? false : other.read(value, place)) };
}

/** Reads what the other one reads, if it holds; `why` says what it must be. */
export function where<In, Out>(other: Reader<In, Out>, holds: (value: Out) => boolean, why: string): Reader<In, Out> {
  return {
    read(value, place) {
      const before = place.errors.length;
      const read = other.read(value, place);
      if (read === undefined || place.errors.length > before || holds(read)) return read;
      return complain(place, { why });
    },
  };
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}
