/** Drops the keys that are `undefined`, so that optional properties are absent rather than undefined. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as never;
}

/** Drops the keys whose value is not set: variables that nothing gave a value. */
export function set(variables: Readonly<Record<string, string | null>> | undefined): Record<string, string> {
  const entries = Object.entries(variables ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}
