/** A single YAML value as the loader works on it. */
export type Scalar = string | number | boolean | null;

/** A YAML document as plain values: mappings have no prototype, so that no key is special. */
export type Value = Scalar | readonly Value[] | Value[] | Mapping;

/** A YAML mapping. */
export interface Mapping {
  [key: string]: Value;
}

/** Makes an empty mapping in which every key is an ordinary one, `__proto__` too. */
export function emptyMapping(): Mapping {
  return Object.create(null) as Mapping;
}

/** Tells a mapping from every other value. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Tells a sequence from every other value. */
export function isSequence(value: unknown): value is Value[] {
  return Array.isArray(value);
}

/** Gives the mapping under a key, or an empty one where there is none. */
export function mappingAt(container: Mapping, key: string): Mapping {
  const value = container[key];
  return isMapping(value) ? value : emptyMapping();
}

/** Names the type of a value in YAML's words, for messages. */
export function typeName(value: Value): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a number';
  return typeof value === 'boolean' ? 'a boolean' : 'a string';
}

/** Shows a value in a message, cut when it is long. */
export function showValue(value: Value): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
