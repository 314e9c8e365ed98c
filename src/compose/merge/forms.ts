import { copyPlaces, noteEntry, notePlace, placeOf } from '../yaml/place.js';
import { textAt } from '../yaml/text.js';
import { emptyMapping, isMapping, isSequence, type Mapping, type Value } from '../yaml/value.js';

/** Gives the list form of a value: a mapping as sorted `KEY=value` entries, a single value as a list of one. */
export function toSequence(value: Value): Value[] {
  if (isSequence(value)) return value;
  const sequence: Value[] = [];
  if (isMapping(value)) {
    notePlace(sequence, placeOf(value));
    const entries = Object.keys(value).flatMap((key) => {
      const item = value[key] ?? null;
      const place = placeOf(value, key);
      if (item === null) return [{ text: key, place }];
      if (!isSequence(item)) return [{ text: `${key}=${textAt(value, key)}`, place }];
      return item.map((_, index) => ({ text: `${key}=${textAt(item, index)}`, place }));
    });
    entries.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
    for (const { text, place } of entries) {
      noteEntry(sequence, sequence.length, place);
      sequence.push(text);
    }
  } else if (value !== null) {
    sequence.push(value);
  }
  return sequence;
}

/** Gives the mapping form of a list of names; every name gets a value of its own. */
export function toMapping(value: Value, valueFor: () => Value): Mapping {
  if (isMapping(value)) return value;
  const mapping = emptyMapping();
  if (!isSequence(value)) return mapping;
  notePlace(mapping, placeOf(value));
  for (const [index, name] of value.entries()) {
    if (typeof name !== 'string') continue;
    mapping[name] = valueFor();
    noteEntry(mapping, name, placeOf(value, index));
  }
  return mapping;
}

/** Copies a value, and the places of everything in it. */
export function copyValue(value: Value): Value {
  if (isSequence(value)) {
    const copy = value.map(copyValue);
    copyPlaces(value, copy);
    return copy;
  }
  if (!isMapping(value)) return value;
  const copy = emptyMapping();
  for (const [key, entry] of Object.entries(value)) copy[key] = copyValue(entry);
  copyPlaces(value, copy);
  return copy;
}
