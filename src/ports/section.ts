import { nearest, PortsideError } from '../model/index.js';
import type { PortAllocatorOptions } from './allocator.js';
import type { PortRange } from './range.js';
import type { RateLimit } from './rate-limit.js';

/** What the section `port_allocator` of a configuration may say; each key in snake case or in camel case. */
export interface PortAllocatorSection {
  readonly enabled?: boolean;
  readonly allow_ephemeral?: boolean;
  readonly allowEphemeral?: boolean;
  readonly port_ranges?: Readonly<Record<string, PortRange>>;
  readonly portRanges?: Readonly<Record<string, PortRange>>;
  readonly default_ports?: Readonly<Record<string, number>>;
  readonly defaultPorts?: Readonly<Record<string, number>>;
  readonly default_range?: PortRange;
  readonly defaultRange?: PortRange;
  readonly reserved_ports?: readonly number[];
  readonly reservedPorts?: readonly number[];
  readonly rate_limit?: RateLimit | SnakeRateLimit | false;
  readonly rateLimit?: RateLimit | SnakeRateLimit | false;
}

interface SnakeRateLimit {
  readonly allocations: number;
  readonly per_ms: number;
}

type Check = (value: unknown) => boolean;

const isBoolean: Check = (value) => typeof value === 'boolean';
const isNumber: Check = (value) => typeof value === 'number';
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const has = (value: unknown, ...keys: string[]): boolean =>
  isObject(value) && Object.keys(value).sort().join() === keys.sort().join() && Object.values(value).every(isNumber);
const isRange: Check = (value) => has(value, 'start', 'end');

/** Each key: what its value must be, in words and as a check. Whether numbers are ports is for the allocator to say. */
const keys: Readonly<Record<string, readonly [string, Check]>> = {
  enabled: ['true or false', isBoolean],
  allowEphemeral: ['true or false', isBoolean],
  portRanges: ['ranges by pool, each with a start and an end', (value) => isObject(value) && all(value, isRange)],
  defaultPorts: ['ports by pool', (value) => isObject(value) && all(value, isNumber)],
  defaultRange: ['a range with a start and an end', isRange],
  reservedPorts: ['a list of ports', (value) => Array.isArray(value) && value.every(isNumber)],
  rateLimit: [
    'false, or a number of allocations and a per_ms',
    (value) => value === false || has(value, 'allocations', 'perMs') || has(value, 'allocations', 'per_ms'),
  ],
};

/**
 * Gives the allocator's options for the section `port_allocator` of a configuration. Throws `CONFIG_INVALID` for an
 * unknown key, a key in both spellings, or a value of the wrong type.
 */
export function optionsOfSection(section: PortAllocatorSection): Partial<PortAllocatorOptions> {
  if (!isObject(section)) throw invalid('port_allocator', `it must be an object. Current value is ${shown(section)}`);
  const options: Record<string, unknown> = {};
  for (const [written, value] of Object.entries(section)) {
    if (value === undefined) continue;
    const key = camel(written);
    const [needed, check] = Object.hasOwn(keys, key) ? (keys[key] ?? []) : [];
    if (check === undefined) throw unknownKey(written);
    if (key in options) throw invalid(written, `it stands there as "${key}" too`, 'Remove one of the two.');
    if (!check(value)) throw invalid(written, `it must be ${needed}. Current value is ${shown(value)}`);
    options[key] = key === 'rateLimit' && value !== false ? camelKeys(value) : value;
  }
  return options;
}

function all(value: object, check: Check): boolean {
  return Object.values(value).every(check);
}

function camel(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function camelKeys(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [camel(key), inner]));
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

function unknownKey(key: string): PortsideError {
  const near = nearest(camel(key), Object.keys(keys));
  const known = `The keys are ${Object.keys(keys).join(', ')}.`;
  return invalid(key, 'there is no such key', near === undefined ? known : `Did you mean "${near}"?`);
}

function invalid(key: string, why: string, hint = 'See docs/ports.md.'): PortsideError {
  return new PortsideError('CONFIG_INVALID', `Cannot use "${key}" of port_allocator: ${why}.`, { hint });
}
