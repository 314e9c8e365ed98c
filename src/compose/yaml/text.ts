import { placeOf } from './place.js';
import type { Mapping, Value } from './value.js';

/** Gives the text of an entry as environment values, labels and the like take it. */
export function textAt(container: Mapping | readonly Value[], key: string | number): string {
  const value = (container as Mapping)[key as string] ?? null;
  if (typeof value === 'number') return placeOf(container, key)?.text ?? showNumber(value);
  if (typeof value === 'object') return value === null ? '' : JSON.stringify(value);
  return String(value);
}

// Go's shortest form, which the reference prints: exponents of two digits, below 1e-4.
function showNumber(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1e-4) return String(value);
  return value.toExponential().replace(/e([-+])(\d)$/, 'e$10$2');
}
