import { complain, inside, isObject, type Place, type Reader } from './reader.js';

/** The keys of a section, in camel case, and how their values are read. */
// biome-ignore lint/suspicious/noExplicitAny: each field has types of its own, which those below take from it
export type Fields = Readonly<Record<string, Reader<any, any>>>;

type Snake<Key extends string> = Key extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${Snake<Tail>}`
  : Key;

type InOf<Field> = Field extends Reader<infer In, unknown> ? In : never;
type OutOf<Field> = Field extends { read(value: unknown, place: Place): infer Out } ? NonNullable<Out> : never;

/** What may be written: each key in camel case or in snake case. */
export type Written<Keys extends Fields> = { readonly [Key in keyof Keys]?: InOf<Keys[Key]> } & {
  readonly [Key in keyof Keys as Snake<Key & string>]?: InOf<Keys[Key]>;
};

/** What has been read: keys in camel case, durations in milliseconds. */
export type Settings<Keys extends Fields> = { readonly [Key in keyof Keys]?: OutOf<Keys[Key]> };

/** Reads an object in which only these keys may stand, in camel case or in snake case. `required`: those that must. */
export function section<const Keys extends Fields>(
  fields: Keys,
  required: readonly (keyof Keys & string)[] = [],
): Reader<Written<Keys>, Settings<Keys>> {
  return {
    read(value, place) {
      if (!isObject(value)) return complain(place, { why: 'must be an object', value });
      const settings: Record<string, unknown> = {};
      for (const [written, part] of Object.entries(value)) {
        if (part !== undefined) readKey(fields, written, part, place, settings);
      }
      for (const key of required) {
        if (!(key in settings)) complain(inside(place, key), { why: 'must be there' });
      }
      return settings as Settings<Keys>;
    },
  };
}

function readKey(
  fields: Fields,
  written: string,
  value: unknown,
  above: Place,
  settings: Record<string, unknown>,
): void {
  const key = camel(written);
  const place = inside(above, written);
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (field === undefined) {
    const known = Object.keys(fields).map(written.includes('_') ? snake : (name) => name);
    complain(place, { why: 'is not known', known, written });
  } else if (key in settings) {
    complain(place, { why: `stands there as '${written === key ? snake(key) : key}' too` });
  } else {
    settings[key] = field.read(value, place);
  }
}

function camel(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
