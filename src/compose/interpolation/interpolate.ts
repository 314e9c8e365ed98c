import { type PatternNode, step } from '../pattern.js';
import { type Path, type Problems, showPath } from '../problems.js';
import { type Place, placeOf } from '../yaml/place.js';
import { isMapping, isSequence, type Mapping, showValue, type Value } from '../yaml/value.js';
import { type Cast, casts } from './casts.js';
import { type Lookup, substitute, type TemplateError } from './template.js';

/** Fills in the variables of every value of a document, in place; keys stay as they are. */
export function interpolate(document: Mapping, lookup: Lookup, problems: Problems): void {
  visit(document, casts, []);

  function visit(container: Mapping | Value[], node: PatternNode<Cast> | undefined, path: Path): void {
    const keys = isSequence(container) ? container.keys() : Object.keys(container);
    for (const key of keys) {
      const value = container[key as never] as Value;
      const here = [...path, key];
      const next = step(node, key);
      if (typeof value === 'string') {
        container[key as never] = fill(value, next?.value, here, placeOf(container, key)) as never;
      } else if (isMapping(value) || isSequence(value)) {
        visit(value, next, here);
      }
    }
  }

  function fill(template: string, cast: Cast | undefined, path: Path, place: Place | undefined): Value {
    const { text, error, unset } = substitute(template, lookup);
    for (const name of unset) {
      problems.warn(
        'COMPOSE_VARIABLE_UNSET',
        `The variable ${name} is not set; an empty text stands in its place.`,
        place,
        'value',
      );
    }
    if (error !== undefined) {
      report(error, path, template, place, problems);
      return text;
    }
    if (cast === undefined) return text;
    const value = cast.apply(text);
    if (value === undefined) problems.invalid(path, `it must be ${cast.wants}`, text, place);
    return value ?? text;
  }
}

function report(
  error: TemplateError,
  path: Path,
  template: string,
  place: Place | undefined,
  problems: Problems,
): void {
  const where = showPath(path);
  if (error.type === 'invalid') {
    problems.add(
      'COMPOSE_INTERPOLATION',
      `Cannot fill in ${where}: its variable has no valid form. Current value is ${showValue(template)}.`,
      place,
      { hint: 'Write ${NAME}, ${NAME:-default} or ${NAME:?message}; a plain dollar sign is written $$.' },
    );
    return;
  }
  const reason = error.reason === '' ? '' : `: ${error.reason}`;
  problems.add(
    'COMPOSE_INTERPOLATION',
    `Cannot fill in ${where}: the required variable ${error.variable} has no value${reason}.`,
    place,
    {
      hint: `Set ${error.variable} in the environment or in the .env file.`,
    },
  );
}
