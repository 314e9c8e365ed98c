import { choice, count, duration, flag, hops, list, map, orFalse, port, type Reader, text, where } from './reader.js';
import { section } from './section.js';

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Limit {
  readonly allocations: number;
  readonly perMs: number;
}

interface RequestLimit {
  readonly requests: number;
  readonly perMs: number;
}

const range = where(
  section({ start: port, end: port }, ['start', 'end']) as Reader<Range, Range>,
  ({ start, end }) => start <= end,
  'must start at its lower port',
);

const limit = section({ allocations: count, perMs: duration }, ['allocations', 'perMs']) as Reader<
  Limit | { readonly allocations: number; readonly per_ms: number },
  Limit
>;

/** How ports are allocated. */
const portAllocator = section({
  enabled: flag,
  allowEphemeral: flag,
  portRanges: map(range),
  defaultPorts: map(port),
  defaultRange: range,
  reservedPorts: list(port),
  rateLimit: orFalse(limit),
});

/** How a registry is served. */
const serviceRegistry = section({
  enabled: flag,
  listenAddress: text,
  storageBackend: choice(['memory', 'etcd', 'consul']),
  ttlDefault: duration,
  cleanupInterval: duration,
  etcdEndpoints: list(text),
  tlsCert: text,
  tlsKey: text,
  registryFile: text,
  auditLog: text,
  healthChecks: section({
    enabled: flag,
    interval: duration,
    timeout: duration,
    failureThreshold: count,
    successThreshold: count,
  }),
  rateLimit: orFalse(
    section({ requests: count, perMs: duration }, ['requests', 'perMs']) as Reader<
      RequestLimit | { readonly requests: number; readonly per_ms: number },
      RequestLimit
    >,
  ),
});

/** How services are announced and heard. */
const broadcast = section({
  enabled: flag,
  multicastAddress: text,
  interface: text,
  ttl: duration,
  announceInterval: duration,
  allowedSources: list(text),
  hopLimit: hops,
});

/** How services are found. */
const discovery = section({
  enabled: flag,
  registryUrl: text,
  strategies: list(choice(['default', 'registry', 'broadcast', 'dns', 'file'])),
  timeouts: section({
    defaultPortCheck: duration,
    registryLookup: duration,
    broadcastWait: duration,
    dnsResolution: duration,
    overall: duration,
  }),
  cache: section({ enabled: flag, ttl: duration, maxEntries: count }),
  dns: section({ servers: list(text), domain: text, ports: map(port) }),
  file: text,
  overrides: map(text),
});

/** The sections of a configuration, by their names in camel case. */
export const sections = { portAllocator, serviceRegistry, broadcast, discovery };

/** What each section says, as it was read. */
export type SectionSettings = {
  readonly [Name in keyof typeof sections]?: (typeof sections)[Name] extends { read(...args: never[]): infer Out }
    ? NonNullable<Out>
    : never;
};

/** What may be written under each section's name. */
export type SectionSpecs = {
  readonly [Name in keyof typeof sections]: NonNullable<(typeof sections)[Name]['accepts']>;
};
