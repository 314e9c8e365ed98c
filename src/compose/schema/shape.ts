/** The types of JSON Schema that a value can have. */
export type TypeName = 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'object' | 'array';

/** What a value must look like. A value of one of several types is held to the rules of its own type only. */
export interface Shape {
  readonly types: readonly TypeName[];
  readonly values?: readonly string[];
  readonly pattern?: RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Shape;
  readonly unique?: boolean;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  /** The shape of keys that are named by the user and match the pattern. */
  readonly named?: { readonly pattern: RegExp; readonly shape: Shape };
  /** Whether keys that nothing describes are accepted. */
  readonly open?: boolean;
  /** Whether `x-` keys are accepted. */
  readonly extensible?: boolean;
}

/** One of several types, with no rule beyond that. */
export function type(...types: TypeName[]): Shape {
  return { types };
}

export const string = type('string');
export const stringOrNull = type('string', 'null');
export const stringOrNumber = type('string', 'number');
export const stringOrInteger = type('string', 'integer');
export const stringOrBoolean = type('string', 'boolean');

/** A text out of a fixed set. */
export function oneOf(...values: string[]): Shape {
  return { types: ['string'], values };
}

/** A list of equal shapes. */
export function list(items: Shape): Shape {
  return { types: ['array'], items };
}

/** A list whose entries all differ. */
export function set(items: Shape): Shape {
  return { types: ['array'], items, unique: true };
}

type MappingOptions = Partial<Pick<Shape, 'required' | 'open' | 'extensible'>>;

/** A mapping with known keys; `x-` keys are accepted unless the options say otherwise. */
export function mapping(properties: Readonly<Record<string, Shape>>, options: MappingOptions = {}): Shape {
  return { types: ['object'], properties, extensible: true, ...options };
}

/** A mapping whose keys the user chooses; keys that do not match are refused unless `open`. */
export function named(shape: Shape, pattern: RegExp, open = false): Shape {
  return { types: ['object'], named: { pattern, shape }, open };
}

/** A value of either shape; the two have no type in common. */
export function either(one: Shape, other: Shape): Shape {
  return { ...one, ...other, types: [...one.types, ...other.types] };
}

/** The shape, or nothing at all. */
export function orNull(shape: Shape): Shape {
  return { ...shape, types: [...shape.types, 'null'] };
}
