import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPortAllocator, loadPortAllocator } from './ports.js';

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

  it('H114 refuses ports, ranges and limits that are none', () => {
    for (const section of [
      { port_ranges: { api: { start: 9, end: 8 } } },
      { default_range: { start: 0, end: 8 } },
      { default_ports: { api: 0 } },
      { reserved_ports: [65_536] },
      { rate_limit: { allocations: 0, per_ms: 1 } },
    ]) {
      expect(() => createPortAllocator(section)).toThrowError(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    }
  });
});

describe('loadPortAllocator', () => {
  it('H192 H203 H204 takes the section port_allocator of the configuration file', async () => {
    const section = { port_ranges: { api: { start: 24_200, end: 24_299 } }, reserved_ports: [24_200] };
    writeFileSync(join(folder, 'portside.config.json'), JSON.stringify({ port_allocator: section }));
    await using allocator = await loadPortAllocator({ cwd: folder });
    const port = await allocator.allocatePort('orders-api');
    expect(port > 24_200 && port <= 24_299).toBe(true);
    expect(await allocator.isPortAvailable(24_200)).toBe(false);
  });

  it('refuses a section that cannot be, with the file and the key', async () => {
    const file = join(folder, 'other.json');
    writeFileSync(file, JSON.stringify({ portAllocator: { reservedPorts: ['x'] } }));
    await expect(loadPortAllocator({ cwd: folder, configFile: file })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'Cannot use port_allocator.reservedPorts.0: it must be a port, 1 to 65535. Current value is "x".',
      position: { file },
    });
  });

  it('P9 needs no file', async () => {
    await using allocator = await loadPortAllocator({ cwd: folder });
    expect(await allocator.allocatePort('worker')).toBeGreaterThan(0);
  });
});
