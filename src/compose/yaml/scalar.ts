import type { Scalar } from './value.js';

/** A plain scalar's value, with its text where the value alone does not give it back. */
export interface PlainScalar {
  readonly value: Scalar;
  readonly text?: string;
}

const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);
const booleans = new Map([
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
]);
const integer = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const decimal = /^[-+]?[0-9]+\.[0-9]+$/;

/**
 * Gives a plain (unquoted) scalar its value as the reference implementation's YAML reader does: YAML 1.2 with octal
 * `0440`, binary, and `_` inside numbers. A decimal such as `3.10` keeps its text.
 */
export function resolvePlain(text: string): PlainScalar {
  if (nulls.has(text)) return { value: null };
  const boolean = booleans.get(text);
  if (boolean !== undefined) return { value: boolean };
  if (!/^[-+.0-9]/.test(text)) return { value: text };
  const digits = text.includes('_') ? text.replaceAll('_', '') : text;
  const whole = integer.exec(digits);
  if (whole !== null) return toInteger(whole[1] === '-', whole[2] ?? '0');
  if (!float.test(digits)) return { value: text };
  const value = Number(digits);
  if (!Number.isFinite(value)) return { value: text };
  return decimal.test(text) && String(value) !== text ? { value, text } : { value };
}

function toInteger(negative: boolean, digits: string): PlainScalar {
  const literal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase();
  const value = negative ? -BigInt(literal) : BigInt(literal);
  const number = Number(value);
  return Number.isSafeInteger(number) ? { value: number } : { value: number, text: value.toString() };
}
