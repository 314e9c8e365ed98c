import { nearest } from '../../model/index.js';
import { type Path, type Problems, showPath } from '../problems.js';
import { placeOf } from '../yaml/place.js';
import { isMapping, isSequence, type Mapping, showValue, type Value } from '../yaml/value.js';
import { composeFile } from './document.js';
import type { Shape, TypeName } from './shape.js';

/** Checks a document against the Compose Specification; every error is reported. */
export function validate(document: Mapping, problems: Problems): void {
  new Validator(problems).check(document, composeFile, [], document, undefined);
}

const typeNames: Readonly<Record<TypeName, string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  null: 'empty',
  object: 'a mapping',
  array: 'a list',
};

const maxListed = 15;

class Validator {
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  check(value: Value, shape: Shape, path: Path, container: Mapping | Value[], key: string | number | undefined): void {
    const type = typeOf(value, shape.types);
    if (type === undefined) {
      this.#refuse(path, value, `it must be ${list(shape.types.map((name) => typeNames[name]))}`, container, key);
    } else if (typeof value === 'string') {
      this.#string(value, shape, path, container, key);
    } else if (typeof value === 'number') {
      if (shape.minimum !== undefined && value < shape.minimum) {
        this.#refuse(path, value, `it must be at least ${shape.minimum}`, container, key);
      }
      if (shape.maximum !== undefined && value > shape.maximum) {
        this.#refuse(path, value, `it must be at most ${shape.maximum}`, container, key);
      }
    } else if (isSequence(value)) {
      this.#sequence(value, shape, path);
    } else if (isMapping(value)) {
      this.#mapping(value, shape, path);
    }
  }

  #string(
    value: string,
    shape: Shape,
    path: Path,
    container: Mapping | Value[],
    key: string | number | undefined,
  ): void {
    if (shape.values !== undefined && !shape.values.includes(value)) {
      const near = nearest(value, shape.values);
      const hint = near === undefined ? undefined : `Did you mean "${near}"?`;
      this.#refuse(path, value, `it must be one of ${shape.values.join(', ')}`, container, key, hint);
    }
    if (shape.pattern !== undefined && !shape.pattern.test(value)) {
      this.#refuse(path, value, `it does not have the form ${shape.pattern.source}`, container, key);
    }
  }

  #sequence(value: readonly Value[], shape: Shape, path: Path): void {
    const seen = new Set<string>();
    for (const [index, item] of value.entries()) {
      const here = [...path, index];
      if (shape.items !== undefined) this.check(item, shape.items, here, value as Value[], index);
      if (shape.unique !== true) continue;
      const text = identityOf(item);
      if (seen.has(text)) this.#refuse(here, item, 'the same entry stands in the list before', value as Value[], index);
      seen.add(text);
    }
  }

  #mapping(value: Mapping, shape: Shape, path: Path): void {
    for (const [key, item] of Object.entries(value)) {
      const inner = shapeOfKey(shape, key);
      if (inner !== undefined) this.check(item, inner, [...path, key], value, key);
      else if (shape.open !== true && !(shape.extensible === true && key.startsWith('x-')))
        this.#unknown(value, key, shape, path);
    }
    for (const key of shape.required ?? []) {
      if (value[key] !== undefined) continue;
      this.#problems.add('COMPOSE_INVALID', `Cannot use ${showPath(path)}: its "${key}" is missing.`, placeOf(value));
    }
  }

  #unknown(value: Mapping, key: string, shape: Shape, path: Path): void {
    const where = path.length === 0 ? 'at the top level' : `in ${showPath(path)}`;
    const place = placeOf(value, key);
    if (shape.named !== undefined) {
      const form = 'letters, digits, dots, dashes and underscores';
      this.#problems.add(
        'COMPOSE_INVALID',
        `Cannot use the name ${showValue(key)} ${where}: it may hold only ${form}.`,
        place,
        {
          part: 'key',
        },
      );
      return;
    }
    const known = Object.keys(shape.properties ?? {});
    const near = nearest(key, known);
    const hint = near === undefined ? knownKeys(known) : `Did you mean "${near}"?`;
    this.#problems.add(
      'COMPOSE_UNKNOWN_KEY',
      `Cannot use the key ${showValue(key)} ${where}: it is not known.`,
      place,
      {
        part: 'key',
        hint,
      },
    );
  }

  #refuse(
    path: Path,
    value: Value,
    why: string,
    container: Mapping | Value[],
    key: string | number | undefined,
    hint?: string,
  ): void {
    this.#problems.invalid(path, why, value, placeOf(container, key), hint);
  }
}

function knownKeys(keys: readonly string[]): string {
  const listed = keys.length > maxListed ? 'See the Compose Specification' : `Known keys are ${keys.join(', ')}`;
  return `${listed}; keys of your own begin with "x-".`;
}

function shapeOfKey(shape: Shape, key: string): Shape | undefined {
  const { properties, named } = shape;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return named?.pattern.test(key) ? named.shape : undefined;
}

function typeOf(value: Value, types: readonly TypeName[]): TypeName | undefined {
  return types.find((type) => {
    switch (type) {
      case 'null':
        return value === null;
      case 'integer':
        return typeof value === 'number' && Number.isInteger(value);
      case 'array':
        return isSequence(value);
      case 'object':
        return isMapping(value);
      default:
        return typeof value === type;
    }
  });
}

/** Gives two entries the same text when they are equal whatever the order of their keys. */
function identityOf(value: Value): string {
  return JSON.stringify(value, (_key, item: Value) =>
    isMapping(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
