/** Gives the value of a variable, or `undefined` when it is not set. */
export type Lookup = (name: string) => string | undefined;

/** Why a template could not be filled in. */
export type TemplateError =
  | { readonly type: 'invalid'; readonly template: string }
  | { readonly type: 'missing'; readonly variable: string; readonly reason: string };

/** A filled-in template: the text, the first error if there was one, and the variables that were not set. */
export interface Substitution {
  readonly text: string;
  readonly error?: TemplateError;
  readonly unset: readonly string[];
}

const opening = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{(?:([_a-z][_a-z0-9]*)(\}|:?[-+?])|))/gi;
const maxNesting = 50;

/**
 * Fills in `$NAME`, `${NAME}`, `${NAME:-default}`, `-`, `:?`, `?`, `:+`, `+` and `$$`, defaults nested to any sensible
 * depth (Compose Specification, "Interpolation").
 */
export function substitute(template: string, lookup: Lookup): Substitution {
  if (!template.includes('$')) return { text: template, unset: [] };
  const unset: string[] = [];
  try {
    return { text: fill(template, lookup, unset, 0), unset };
  } catch (error) {
    if (error instanceof Failure) return { text: template, error: error.error, unset };
    throw error;
  }
}

class Failure extends Error {
  readonly error: TemplateError;

  constructor(error: TemplateError) {
    super(error.type);
    this.error = error;
  }
}

function fill(template: string, lookup: Lookup, unset: string[], depth: number): string {
  let result = '';
  let end = 0;
  const pattern = new RegExp(opening);
  for (let match = pattern.exec(template); match !== null; match = pattern.exec(template)) {
    const [whole, escaped, named, braced, operator] = match;
    result += template.slice(end, match.index);
    end = pattern.lastIndex;
    if (escaped !== undefined) {
      result += '$';
    } else if (named !== undefined) {
      result += valueOrUnset(named, lookup, unset);
    } else if (braced === undefined || operator === undefined) {
      throw new Failure({ type: 'invalid', template });
    } else if (operator === '}') {
      result += valueOrUnset(braced, lookup, unset);
    } else {
      if (depth >= maxNesting) throw new Failure({ type: 'invalid', template });
      const close = closingBrace(template, match.index);
      if (close === -1) throw new Failure({ type: 'invalid', template });
      const argument = template.slice(match.index + whole.length, close);
      result += apply(operator, braced, argument, lookup, unset, depth + 1);
      end = close + 1;
      pattern.lastIndex = end;
    }
  }
  return result + template.slice(end);
}

function valueOrUnset(name: string, lookup: Lookup, unset: string[]): string {
  const value = lookup(name);
  if (value === undefined) unset.push(name);
  return value ?? '';
}

function apply(
  operator: string,
  name: string,
  argument: string,
  lookup: Lookup,
  unset: string[],
  depth: number,
): string {
  const value = lookup(name);
  const given = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
  const filled = () => fill(argument, lookup, unset, depth);
  if (operator.endsWith('-')) return given ? (value ?? '') : filled();
  if (operator.endsWith('+')) return given ? filled() : (value ?? '');
  if (!given) throw new Failure({ type: 'missing', variable: name, reason: filled() });
  return value ?? '';
}

/**
 * Finds the brace that ends `${NAME:-...}`. Braces inside the argument count in pairs, the character after an opening
 * one is never a brace, and where the pairs do not come out even, the last brace of the line ends it: as the reference
 * implementation reads them.
 */
function closingBrace(template: string, start: number): number {
  const newline = template.indexOf('\n', start);
  const lineEnd = newline === -1 ? template.length : newline;
  const last = template.lastIndexOf('}', lineEnd - 1);
  if (last < start) return -1;
  let open = 0;
  for (let index = start; index <= last; index += 1) {
    const character = template[index];
    if (character === '}') {
      open -= 1;
      if (open === 0) return index;
    } else if (character === '{') {
      open += 1;
      index += 1;
    }
  }
  return last;
}
