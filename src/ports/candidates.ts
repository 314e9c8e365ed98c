import { type PortRange, portsOf, randomPortsOf } from './range.js';

/** A range of at least so many ports is searched in random order first. */
const largeRange = 1000;
const sampleSize = 256;

/**
 * Gives the ports of a range to try, best first, without those that are excluded: ascending; of a large range, or `shuffled`,
 * some at random before. A port may come twice. None of them has been looked at: whoever opens a socket on a port that is not
 * reserved, if only to look, can be in the way of the program that has it.
 */
export function* candidates(
  range: PortRange,
  excluded: ReadonlySet<number>,
  random: () => number,
  shuffled = false,
): Generator<number> {
  if (shuffled || range.end - range.start + 1 >= largeRange) {
    for (const port of randomPortsOf(range, sampleSize, random)) if (!excluded.has(port)) yield port;
  }
  for (const port of portsOf(range)) if (!excluded.has(port)) yield port;
}
