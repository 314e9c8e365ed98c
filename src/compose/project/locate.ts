import type { Path } from '../problems.js';
import { type Place, placeOf } from '../yaml/place.js';
import { isMapping, isSequence, type Mapping, type Value } from '../yaml/value.js';

/** Gives where the value at a path was written, or the nearest thing around it that was written at all. */
export function locate(document: Mapping, path: Path): Place | undefined {
  let found = placeOf(document);
  let value: Value | undefined = document;
  for (const step of path) {
    if (!isMapping(value) && !isSequence(value)) break;
    const key = entryKey(value, step);
    if (key === undefined) break;
    found = placeOf(value, key) ?? found;
    value = (value as Mapping)[key as string];
  }
  return found;
}

/** Finds a key also in the list form of a mapping: `KEY=VALUE`. */
function entryKey(container: Mapping | readonly Value[], step: string | number): string | number | undefined {
  if (isMapping(container)) return step in container ? step : undefined;
  if (typeof step === 'number') return step < container.length ? step : undefined;
  const index = container.findIndex(
    (entry) => entry === step || (typeof entry === 'string' && entry.startsWith(`${step}=`)),
  );
  return index === -1 ? undefined : index;
}
