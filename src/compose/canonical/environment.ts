import type { Lookup } from '../interpolation/template.js';
import { noteEntry, notePlace, placeOf } from '../yaml/place.js';
import { isMapping, isSequence, type Mapping, type Value } from '../yaml/value.js';
import { mappings } from './defaults.js';

/** Gives the environment variables of services that are named without a value the value of the surrounding one. */
export function passThroughEnvironment(document: Mapping, lookup: Lookup): void {
  for (const service of mappings(document['services'])) {
    if (service['environment'] !== undefined)
      service['environment'] = passThrough(service['environment'], lookup, true);
  }
}

/** Gives the names without a value in a mapping or list the value that `lookup` has; those without one stay on request. */
export function passThrough(value: Value, lookup: Lookup, keepUnset: boolean): Value {
  if (isSequence(value)) {
    const result: Value[] = [];
    notePlace(result, placeOf(value));
    for (const [index, entry] of value.entries()) {
      const bare = typeof entry === 'string' && !entry.includes('=');
      const found = bare ? lookup(entry) : undefined;
      if (bare && found === undefined && !keepUnset) continue;
      noteEntry(result, result.length, placeOf(value, index));
      result.push(found === undefined ? entry : `${String(entry)}=${found}`);
    }
    return result;
  }
  if (!isMapping(value)) return value;
  for (const [key, entry] of Object.entries(value)) {
    if (entry !== null) continue;
    const found = lookup(key);
    if (found !== undefined) value[key] = found;
    else if (!keepUnset) delete value[key];
  }
  return value;
}
