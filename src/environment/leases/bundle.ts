import { randomUUID } from 'node:crypto';
import type { Isolator, Slice } from '../../isolation/index.js';
import { type Isolation, PortsideError, withSignals } from '../../model/index.js';
import type { Turns } from './turns.js';

/** Slices that belong together, by service: a copy among them is wired to the others. */
export type Bundle = ReadonlyMap<string, Slice>;

/** Which services a bundle has, and how each is isolated; sorted so that what a slice is wired to comes before it. */
export type Shape = ReadonlyMap<string, Isolation>;

/** An isolator and the limits on its use. */
export interface Bench {
  readonly isolator: Isolator;
  /** One turn for each slice that is being made. */
  readonly making: Turns;
  /** One turn for each slice that exists, where their number is limited. */
  readonly existing?: Turns;
}

/** Whether the bundle has what the shape has, isolated in the same way. */
export function has(bundle: Bundle, shape: Shape): boolean {
  return [...shape].every(([service, isolation]) => bundle.get(service)?.isolation === isolation);
}

/** Whether the shape isolates the slice's service in another way. */
export function isUnfit({ service, isolation }: Slice, shape: Shape): boolean {
  return (shape.get(service) ?? isolation) !== isolation;
}

const keys = new WeakMap<Shape, string>();

/** Gives the name by which bundles of one shape are pooled. */
export function shapeKey(shape: Shape): string {
  const known = keys.get(shape);
  if (known !== undefined) return known;
  const key = [...shape].map(([service, isolation]) => `${service}=${isolation}`).join(' ');
  keys.set(shape, key);
  return key;
}

/** What bundles are made with. */
export interface Making {
  readonly bench: (service: string, isolation: Isolation) => Bench;
  /** Is told of what stays of a bundle that could not be finished, because its removal failed. */
  readonly onError: (error: unknown) => void;
}

/**
 * Makes the slices of the shape that are not there yet, each as soon as what it is wired to is there. Leaves nothing behind when
 * one fails. Errors: `LEASE_FAILED` and those of a start.
 */
export async function makeBundle(shape: Shape, present: Bundle, making: Making, signal: AbortSignal): Promise<Bundle> {
  return withSignals([signal], (either, abort) => {
    return makeMissing(shape, present, making, either, abort);
  });
}

async function makeMissing(
  shape: Shape,
  present: Bundle,
  { bench, onError }: Making,
  signal: AbortSignal,
  abort: (reason: unknown) => void,
): Promise<Bundle> {
  const made = new Map<string, Promise<Slice>>([...present].map(([name, slice]) => [name, Promise.resolve(slice)]));
  const fresh: Promise<Slice>[] = [];
  for (const [service, isolation] of shape) {
    if (made.has(service)) continue;
    const slice = makeSlice(bench(service, isolation), made, signal);
    slice.catch(abort);
    made.set(service, slice);
    fresh.push(slice);
  }
  const results = await Promise.allSettled(fresh);
  if (results.some(({ status }) => status === 'rejected')) {
    const slices = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    await removeBundle(new Map(slices.map((slice) => [slice.service, slice])), onError);
    throw signal.reason;
  }
  return new Map(await Promise.all([...made].map(async ([name, slice]) => [name, await slice] as const)));
}

async function makeSlice(
  { isolator, making, existing }: Bench,
  made: ReadonlyMap<string, Promise<Slice>>,
  signal: AbortSignal,
): Promise<Slice> {
  const wired = (isolator.needs ?? []).flatMap((name) => made.get(name)?.then((slice) => [name, slice] as const) ?? []);
  const needs = Object.fromEntries(await Promise.all(wired));
  const leave = await existing?.take(signal);
  try {
    const done = await making.take(signal);
    try {
      const slice = await isolator.create(newId(), needs, signal);
      return leave === undefined ? slice : leaving(slice, leave);
    } finally {
      done();
    }
  } catch (error) {
    leave?.();
    throw PortsideError.is(error) || signal.aborted ? error : unexpected(error);
  }
}

/** Gives the slice's place up when it is removed, also when that fails: nobody tries it again. */
function leaving(slice: Slice, leave: () => void): Slice {
  const remove = async (): Promise<void> => {
    try {
      await slice.remove();
    } finally {
      leave();
    }
  };
  return new Proxy(slice, {
    get: (target, key) => {
      if (key === 'remove') return remove;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Removes the slices, copies before what they are wired to. Never rejects. */
export async function removeBundle(bundle: Bundle, onError: (error: unknown) => void): Promise<void> {
  const slices = [...bundle.values()];
  const remove = (some: readonly Slice[]) => Promise.all(some.map((slice) => slice.remove().catch(onError)));
  await remove(slices.filter(({ isolation }) => isolation === 'copy'));
  await remove(slices.filter(({ isolation }) => isolation !== 'copy'));
}

/** Makes an id of 10 characters `[0-9a-z]` that was never used. */
export function newId(): string {
  // Node makes them in stock, of random digits all but two in the middle; 52 bits are a whole number.
  const uuid = randomUUID();
  const number = Number.parseInt(uuid.slice(0, 1) + uuid.slice(-12), 16);
  return number.toString(36).padStart(10, '0').slice(-10);
}

function unexpected(error: unknown): PortsideError {
  const message = error instanceof Error ? error.message : String(error);
  return new PortsideError('LEASE_FAILED', `Cannot lease: ${message}`, { cause: error });
}
