import { defaultPoolPorts, defaultPortRanges, defaultReservedPorts } from './pools.js';
import { checkPort, checkRange, ephemeralRange, type PortRange, rangeForPrograms } from './range.js';
import { defaultRateLimit, type RateLimit, RateLimiter } from './rate-limit.js';

/** Which ports a `PortAllocator` hands out. */
export interface PortSettings {
  /** False: nothing is handed out. Default true. */
  readonly enabled?: boolean;
  /** Ranges of the named pools. Default: database 5433-5442, cache 6380-6389, api 8081-8099 and others. */
  readonly portRanges?: Readonly<Record<string, PortRange>>;
  /** The port of each pool that is tried before its range. Default: 5432 for database and so on; none with `portRanges`. */
  readonly defaultPorts?: Readonly<Record<string, number>>;
  /** For services whose name speaks for no pool. Default: 10000 up to the system's ephemeral range. */
  readonly defaultRange?: PortRange;
  /** Never handed out, not even as a preference. Default 22, 80, 443. */
  readonly reservedPorts?: readonly number[];
  /** Whether a port of the system's ephemeral range will do when the range is used up. Default false. */
  readonly allowEphemeral?: boolean;
  /** How often one service may ask for a new port; false: as often as it likes. Default 100 in a second. */
  readonly rateLimit?: RateLimit | false;
}

/** Settings that were checked, with their defaults. */
export interface SettledPorts {
  readonly enabled: boolean;
  readonly ranges: ReadonlyMap<string, PortRange>;
  readonly defaultPorts: ReadonlyMap<string, number>;
  readonly defaultRange: PortRange;
  readonly excluded: ReadonlySet<number>;
  readonly ephemeral: PortRange | undefined;
  readonly limiter: RateLimiter | undefined;
}

/** Checks settings and fills in their defaults; `now` is the clock of the rate limit. Throws `USAGE` when one is none. */
export function settle(settings: PortSettings, now: () => number): SettledPorts {
  const { enabled = true, portRanges, rateLimit = defaultRateLimit, reservedPorts = defaultReservedPorts } = settings;
  const ranges = new Map(Object.entries(portRanges ?? defaultPortRanges));
  for (const [name, range] of ranges) checkRange(range, `pool ${name}`);
  const ports = settings.defaultPorts ?? (portRanges === undefined ? defaultPoolPorts : {});
  const defaultPorts = new Map(Object.entries(ports));
  for (const [name, port] of defaultPorts) checkPort(port, `the default port of pool ${name}`);
  for (const port of reservedPorts) checkPort(port, 'a reserved port');
  return {
    enabled,
    ranges,
    defaultPorts,
    defaultRange: checkRange(settings.defaultRange ?? rangeForPrograms(), 'the default range'),
    excluded: new Set(reservedPorts),
    ephemeral: settings.allowEphemeral === true ? ephemeralRange() : undefined,
    limiter: rateLimit === false ? undefined : new RateLimiter(rateLimit, now),
  };
}
