import { type PortRange, portsOf, randomPortsOf } from './range.js';

/** Where a port may come from, in the order of preference. */
export interface Selection {
  /** Single ports to try before the range: the preferred one, or the default of the service's pool. */
  readonly first: readonly number[];
  readonly range: PortRange;
  /** The range from which the system takes ports, where it may be used when `range` is used up. */
  readonly ephemeral?: PortRange | undefined;
}

/** A range of at least so many ports is searched in random order first. */
const largeRange = 1000;
const sampleSize = 256;

/**
 * Gives the ports to try, best first. A port may come twice. None of them has been looked at: whoever opens a socket on
 * a port that is not reserved, if only to look, can be in the way of the program that has it.
 */
export function* candidates({ first, range, ephemeral }: Selection, random: () => number): Generator<number> {
  yield* first;
  if (range.end - range.start + 1 >= largeRange) yield* randomPortsOf(range, sampleSize, random);
  yield* portsOf(range);
  if (ephemeral === undefined) return;
  yield* randomPortsOf(ephemeral, sampleSize, random);
  yield* portsOf(ephemeral);
}
