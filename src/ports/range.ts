import { readFileSync } from 'node:fs';
import { PortsideError } from '../model/index.js';

/** Ports from `start` to `end`, both included. */
export interface PortRange {
  readonly start: number;
  readonly end: number;
}

/** Tells whether a number can be a port that is asked for. */
export function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65_535;
}

/** Gives the port back when it is one; throws `USAGE` when it is not. */
export function checkPort(port: number, name: string): number {
  if (isPort(port)) return port;
  throw new PortsideError(
    'USAGE',
    `Cannot allocate ports: ${name} must be a whole number from 1 to 65535. Current value is ${port}.`,
    { hint: 'Correct the number, or leave it out.' },
  );
}

/** Gives the range back when it is one; throws `USAGE` when it is not. */
export function checkRange(range: PortRange, name = 'the range'): PortRange {
  if (isPort(range.start) && isPort(range.end) && range.start <= range.end) return range;
  throw new PortsideError(
    'USAGE',
    `Cannot allocate ports from ${name}: it needs a start and an end between 1 and 65535, start first. ` +
      `Current value is ${range.start}-${range.end}.`,
    { hint: 'Give the lower port as start and the higher one as end.' },
  );
}

/** Gives all ports of the range, lowest first. */
export function* portsOf(range: PortRange): Generator<number> {
  for (let port = range.start; port <= range.end; port++) yield port;
}

/** Gives some ports of the range, each at most once, in random order; each is drawn when it is asked for. */
export function* randomPortsOf({ start, end }: PortRange, count: number, random: () => number): Generator<number> {
  const size = end - start + 1;
  const drawn = new Set<number>();
  while (drawn.size < Math.min(count, size)) {
    const port = start + Math.floor(random() * size);
    if (drawn.has(port)) continue;
    drawn.add(port);
    yield port;
  }
}

const floor = 10_000;
const ceiling = 32_767;

/**
 * The range for programs that cannot bind port 0: outside the range from which the system takes ports for outgoing
 * connections, which could take the port before the program does. `text` is the system's own setting, low and high.
 */
export function rangeForPrograms(text: string | undefined = ephemeralSetting()): PortRange {
  const [low = Number.NaN, high = Number.NaN] = (text ?? '').trim().split(/\s+/).map(Number);
  if (Number.isNaN(low) || Number.isNaN(high) || low > ceiling) return { start: floor, end: ceiling };
  if (low - floor >= 1000) return { start: floor, end: low - 1 };
  if (65_535 - high >= 1000) return { start: high + 1, end: 65_535 };
  return { start: floor, end: ceiling };
}

/**
 * The range from which the system takes ports itself: its own setting on Linux (default 32768-60999), else 49152-65535,
 * which Windows and macOS use. `text` is the setting, low and high.
 */
export function ephemeralRange(text: string | undefined = ephemeralSetting()): PortRange {
  const [start = Number.NaN, end = Number.NaN] = (text ?? '').trim().split(/\s+/).map(Number);
  return isPort(start) && isPort(end) && start <= end ? { start, end } : { start: 49_152, end: 65_535 };
}

function ephemeralSetting(): string | undefined {
  try {
    return readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
  } catch {
    return undefined;
  }
}
