import type { Lookup } from '../interpolation/template.js';
import { DotenvError } from './parse.js';

/**
 * Reads an env file of `format: raw` into `variables`: every line is taken as it stands, without quotes, escapes or
 * variables. A bare `KEY` takes the value of the surrounding environment. Throws a `DotenvError`.
 */
export function parseRawEnv(text: string, lookup: Lookup, variables: Record<string, string>): void {
  const lines = (text.startsWith('\ufeff') ? text.slice(1) : text).split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const trimmed = line.trimStart();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const equals = trimmed.indexOf('=');
    const name = equals === -1 ? trimmed : trimmed.slice(0, equals);
    if (name === '' || /\s/.test(name))
      throw new DotenvError(`the name "${name}" is empty or contains a space`, index + 1);
    const value = equals === -1 ? lookup(name) : trimmed.slice(equals + 1);
    if (value !== undefined) variables[name] = value;
  }
}
