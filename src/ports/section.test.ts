import { describe, expect, it } from 'vitest';
import { optionsOfSection, type PortAllocatorSection } from './section.js';

const portRanges = {
  database: { start: 5433, end: 5442 },
  cache: { start: 6380, end: 6389 },
  api: { start: 8081, end: 8099 },
};
const options = {
  enabled: true,
  allowEphemeral: false,
  portRanges,
  defaultPorts: { database: 5432 },
  defaultRange: { start: 20_000, end: 20_999 },
  reservedPorts: [22, 80, 443],
  rateLimit: { allocations: 10, perMs: 500 },
};

describe('optionsOfSection', () => {
  it('H201 H202 H203 H204 reads snake case', () => {
    expect(
      optionsOfSection({
        enabled: true,
        allow_ephemeral: false,
        port_ranges: portRanges,
        default_ports: { database: 5432 },
        default_range: { start: 20_000, end: 20_999 },
        reserved_ports: [22, 80, 443],
        rate_limit: { allocations: 10, per_ms: 500 },
      }),
    ).toEqual(options);
  });

  it('H201 H202 H203 H204 reads camel case', () => {
    expect(optionsOfSection(options)).toEqual(options);
    expect(optionsOfSection({ rateLimit: false })).toEqual({ rateLimit: false });
    expect(optionsOfSection({})).toEqual({});
  });

  it.each([
    [{ allow_epehmeral: true }, 'Did you mean "allowEphemeral"?'],
    [{ constructor: 1 }, 'The keys are'],
    [{ allow_ephemeral: true, allowEphemeral: false }, 'Remove one of the two.'],
    [{ enabled: 'yes' }, 'docs/ports.md'],
    [{ port_ranges: { api: { start: '8081', end: 8099 } } }, 'docs/ports.md'],
    [{ port_ranges: { api: { start: 8081, stop: 8099 } } }, 'docs/ports.md'],
    [{ port_ranges: null }, 'docs/ports.md'],
    [{ reserved_ports: 22 }, 'docs/ports.md'],
    [{ default_ports: [5432] }, 'docs/ports.md'],
    [{ rate_limit: true }, 'docs/ports.md'],
    [[], 'docs/ports.md'],
  ])('H114 refuses %j', (section, hint) => {
    expect(() => optionsOfSection(section as PortAllocatorSection)).toThrowError(
      expect.objectContaining({ code: 'CONFIG_INVALID', hint: expect.stringContaining(hint) }),
    );
  });
});
