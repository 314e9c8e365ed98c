import { describe, expect, it } from 'vitest';
import { readSection, readSections } from './read-sections.js';

const portRanges = {
  database: { start: 5433, end: 5442 },
  cache: { start: 6380, end: 6389 },
  api: { start: 8081, end: 8099 },
};

describe('readSection', () => {
  it('H201 H202 H203 H204 R11 reads port_allocator in snake case', () => {
    expect(
      readSection('portAllocator', {
        enabled: true,
        allow_ephemeral: false,
        port_ranges: portRanges,
        default_ports: { database: 5432 },
        default_range: { start: 20_000, end: 20_999 },
        reserved_ports: [22, 80, 443],
        rate_limit: { allocations: 10, per_ms: 500 },
      }),
    ).toEqual({
      enabled: true,
      allowEphemeral: false,
      portRanges,
      defaultPorts: { database: 5432 },
      defaultRange: { start: 20_000, end: 20_999 },
      reservedPorts: [22, 80, 443],
      rateLimit: { allocations: 10, perMs: 500 },
    });
  });

  it('H201 H202 H203 H204 R11 reads port_allocator in camel case, and leaves out what is not said', () => {
    const section = { allowEphemeral: true, portRanges, rateLimit: false as const, enabled: undefined };
    expect(readSection('portAllocator', section as object)).toEqual({
      allowEphemeral: true,
      portRanges,
      rateLimit: false,
    });
    expect(readSection('portAllocator', {})).toEqual({});
  });

  it('rounds durations up to whole milliseconds', () => {
    const section = { ttl_default: '2.05m', cleanup_interval: 0.5 };
    expect(readSection('serviceRegistry', section)).toEqual({ ttlDefault: 123_000, cleanupInterval: 1 });
  });

  it('H205 H206 H207 H208 H209 reads service_registry', () => {
    expect(
      readSection('serviceRegistry', {
        enabled: true,
        listen_address: '0.0.0.0:7000',
        storage_backend: 'memory',
        ttl_default: '60s',
        cleanup_interval: '30s',
        health_checks: { interval: '5s', failure_threshold: 3 },
      }),
    ).toEqual({
      enabled: true,
      listenAddress: '0.0.0.0:7000',
      storageBackend: 'memory',
      ttlDefault: 60_000,
      cleanupInterval: 30_000,
      healthChecks: { interval: 5000, failureThreshold: 3 },
    });
  });

  it('H210 H211 H212 H213 H214 reads broadcast', () => {
    expect(
      readSection('broadcast', {
        enabled: true,
        multicast_address: '239.255.0.1:7001',
        interface: '0.0.0.0',
        ttl: '60s',
        announceInterval: 30_000,
      }),
    ).toEqual({
      enabled: true,
      multicastAddress: '239.255.0.1:7001',
      interface: '0.0.0.0',
      ttl: 60_000,
      announceInterval: 30_000,
    });
  });

  it.each([0, 1, 255])('reads a hop_limit of %i', (hops) => {
    expect(readSection('broadcast', { hop_limit: hops })).toEqual({ hopLimit: hops });
  });

  it.each([-1, 256, 1.5])('refuses a hop_limit of %d', (hops) => {
    expect(() => readSection('broadcast', { hop_limit: hops })).toThrow(
      'hop_limit: it must be a whole number from 0 to 255',
    );
  });

  it('H215 H216 H217 H218 H219 H220 H221 reads discovery', () => {
    expect(
      readSection('discovery', {
        enabled: true,
        registry_url: 'http://localhost:7000',
        strategies: ['default', 'registry', 'broadcast', 'dns'],
        timeouts: {
          default_port_check: '100ms',
          registry_lookup: '1s',
          broadcast_wait: '5s',
          dns_resolution: '2s',
          overall: '10s',
        },
        cache: { enabled: true, ttl: '5m', max_entries: 1000 },
      }),
    ).toEqual({
      enabled: true,
      registryUrl: 'http://localhost:7000',
      strategies: ['default', 'registry', 'broadcast', 'dns'],
      timeouts: {
        defaultPortCheck: 100,
        registryLookup: 1000,
        broadcastWait: 5000,
        dnsResolution: 2000,
        overall: 10_000,
      },
      cache: { enabled: true, ttl: 300_000, maxEntries: 1000 },
    });
  });

  it.each([
    [{ allow_epehmeral: true }, "port_allocator.allow_epehmeral: it is not known. Did you mean 'allow_ephemeral'?"],
    [{ allowEpehmeral: true }, "port_allocator.allowEpehmeral: it is not known. Did you mean 'allowEphemeral'?"],
    [{ constructor: 1 }, 'port_allocator.constructor: it is not known. Known: enabled, allowEphemeral'],
    [
      { allow_ephemeral: true, allowEphemeral: false },
      "port_allocator.allowEphemeral: it stands there as 'allow_ephemeral' too.",
    ],
    [{ enabled: 'yes' }, 'port_allocator.enabled: it must be true or false. Current value is "yes".'],
    [{ port_ranges: { api: { start: '8081', end: 8099 } } }, 'port_allocator.port_ranges.api.start: it must be a port'],
    [{ port_ranges: { api: { start: 8081 } } }, 'port_allocator.port_ranges.api.end: it must be there.'],
    [
      { port_ranges: { api: { start: 9, end: 8 } } },
      'port_allocator.port_ranges.api: it must start at its lower port.',
    ],
    [{ port_ranges: null }, 'port_allocator.port_ranges: it must be an object. Current value is null.'],
    [{ reserved_ports: 22 }, 'port_allocator.reserved_ports: it must be a list. Current value is 22.'],
    [
      { reserved_ports: [22, 0] },
      'port_allocator.reserved_ports.1: it must be a port, 1 to 65535. Current value is 0.',
    ],
    [{ rate_limit: true }, 'port_allocator.rate_limit: it must be an object. Current value is true.'],
    [{ rate_limit: { allocations: 0.5, perMs: 1 } }, 'rate_limit.allocations: it must be a whole number above 0.'],
    [[], 'port_allocator: it must be an object.'],
  ])('H90 H114 refuses %j', (section, message) => {
    try {
      readSection('portAllocator', section as object);
      expect.unreachable();
    } catch (error) {
      const { code, message: text, hint } = error as { code: string; message: string; hint: string };
      expect(code).toBe('CONFIG_INVALID');
      expect(`${text} ${hint}`).toContain(message);
    }
  });

  it('H90 tells every problem', () => {
    expect(() => readSection('discovery', { strategies: ['dsn'], cache: { ttl: 0 } } as object)).toThrowError(
      expect.objectContaining({
        message: 'Cannot use discovery: it has 2 problems.',
        errors: [
          expect.objectContaining({ hint: "Did you mean 'dns'?" }),
          expect.objectContaining({ message: expect.stringContaining('discovery.cache.ttl: it must be a duration') }),
        ],
      }),
    );
  });
});

describe('readSections', () => {
  it('reads those that are there', () => {
    const { settings, errors } = readSections({ runtime: 'docker', broadcast: { ttl: '1m' } }, 'file');
    expect([settings, errors]).toEqual([{ broadcast: { ttl: 60_000 } }, []]);
  });

  it('gives the problems with their file', () => {
    const { errors } = readSections({ broadcast: { tll: 1 }, serviceRegistry: 1 }, 'file');
    expect(errors.map(({ message, position }) => [message, position])).toEqual([
      ['Cannot use service_registry: it must be an object. Current value is 1.', { file: 'file' }],
      ['Cannot use broadcast.tll: it is not known.', { file: 'file' }],
    ]);
  });
});
