import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPortAllocator } from './ports.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portside-entry-'));
  vi.stubEnv('PORTSIDE_STATE_DIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe('createPortAllocator', () => {
  it('P9 H24 needs no argument, and reserves where all of portside does', async () => {
    await using allocator = createPortAllocator();
    const port = await allocator.allocatePort('worker');
    expect(readdirSync(join(folder, 'ports'))).toEqual([String(port)]);
  });

  it('H201 hands out nothing when it is switched off', async () => {
    await using allocator = createPortAllocator({ enabled: false });
    await expect(allocator.allocatePort('worker')).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
      hint: 'Set port_allocator.enabled to true.',
    });
    await expect(allocator.allocatePortInRange('worker', 20_000, 20_010)).rejects.toThrow('switched off');
  });

  it('H203 H204 takes ranges and reserved ports from the section', async () => {
    await using allocator = createPortAllocator({
      port_ranges: { api: { start: 24_000, end: 24_099 } },
      reserved_ports: [24_000],
    });
    const port = await allocator.allocatePort('orders-api');
    expect(port > 24_000 && port <= 24_099).toBe(true);
    expect(await allocator.isPortAvailable(24_000)).toBe(false);
  });

  it('H114 refuses ports and ranges that are none', () => {
    for (const section of [
      { port_ranges: { api: { start: 9, end: 8 } } },
      { default_range: { start: 0, end: 8 } },
      { default_ports: { api: 0 } },
      { reserved_ports: [65_536] },
      { rate_limit: { allocations: 0, per_ms: 1 } },
    ]) {
      expect(() => createPortAllocator(section)).toThrowError(expect.objectContaining({ code: 'USAGE' }));
    }
  });
});
