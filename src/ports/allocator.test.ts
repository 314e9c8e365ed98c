import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordingTelemetry } from '../../test/support/telemetry.js';
import { PortAllocator, type PortAllocatorOptions } from './allocator.js';
import { isBindable } from './bindable.js';
import { ephemeralRange } from './range.js';
import { PortReservations } from './reservations.js';

let folder: string;
const servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portside-allocator-'));
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true });
});

const allocatorOf = (options: Partial<PortAllocatorOptions> = {}) =>
  new PortAllocator({ stateFolder: folder, ...options });

async function occupy(port: number, host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(port, host);
  servers.push(server);
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  return (server.address() as AddressInfo).port;
}

/** Finds consecutive ports that are all free now, in a region nobody else of these tests uses. */
async function freeRun(length: number): Promise<number> {
  for (let start = 20_000 + Math.floor(Math.random() * 9000); ; start += length) {
    const free = await Promise.all(Array.from({ length }, (_, index) => isBindable(start + index)));
    if (free.every(Boolean)) return start;
  }
}

describe('PortAllocator', () => {
  it('H19 H25 H35 H111 gives the preferred port when it is free', async () => {
    const preferred = await freeRun(1);
    expect(await allocatorOf().allocatePort('postgres-1', { preferred })).toBe(preferred);
  });

  it('H1 H14 H26 H37 H96 H112 falls back to the range of the kind of service, lowest port first, when the preferred one is taken', async () => {
    const start = await freeRun(3);
    const allocator = allocatorOf({ portRanges: { database: { start, end: start + 2 } } });
    await occupy(start);
    const preferred = await occupy(0);
    expect(await allocator.allocatePort('postgres-1', { preferred })).toBe(start + 1);
    expect(await allocator.allocatePort('postgres-2', { preferred })).toBe(start + 2);
  });

  it.each(['127.0.0.1', '0.0.0.0', '::1', '::'])(
    'H15 H38 does not give a port on which somebody listens on %s',
    async (host) => {
      const start = await freeRun(2);
      await occupy(start, host);
      expect(await allocatorOf().allocatePortInRange('x', start, start + 1)).toBe(start + 1);
    },
  );

  it('H23 R1 gives a service the port that it has already', async () => {
    const allocator = allocatorOf();
    const port = await allocator.allocatePort('orders');
    expect(await allocator.allocatePort('orders')).toBe(port);
    expect(allocator.getPortForService('orders')).toBe(port);
    expect(allocator.getPortForService('other')).toBeUndefined();
  });

  it('H12 H115 P38 gives concurrent requests of one service one port, and of many services as many', async () => {
    const allocators = [allocatorOf(), allocatorOf(), allocatorOf()];
    const same = await Promise.all(Array.from({ length: 10 }, () => allocators[0]?.allocatePort('same')));
    expect(new Set(same).size).toBe(1);
    const ports = await Promise.all(
      allocators.flatMap((allocator) => Array.from({ length: 20 }, (_, index) => allocator.allocatePort(`s${index}`))),
    );
    expect(new Set(ports).size).toBe(60);
  });

  it('H17 P35 R3 gives no port twice across allocators although nobody listens yet', async () => {
    const start = await freeRun(2);
    const first = await allocatorOf().allocatePortInRange('a', start, start + 1);
    const second = await allocatorOf().allocatePortInRange('a', start, start + 1);
    expect([first, second]).toEqual([start, start + 1]);
    await expect(allocatorOf().allocatePortInRange('b', start, start + 1)).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining(`every port from ${start} to ${start + 1} is in use or reserved`),
    });
  });

  it('H28 H113 gives an ephemeral port when the range is used up and that is allowed', async () => {
    const start = await freeRun(1);
    await occupy(start);
    const options = { portRanges: { api: { start, end: start } } };
    await expect(allocatorOf(options).allocatePort('api')).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' });
    const port = await allocatorOf({ ...options, allowEphemeral: true }).allocatePort('api');
    const range = ephemeralRange();
    expect(port >= range.start && port <= range.end).toBe(true);
  });

  it('H164 gives the first Postgres the preferred port, and the second the next one', async () => {
    const start = await freeRun(2);
    const allocator = allocatorOf({ portRanges: { database: { start: start + 1, end: start + 1 } } });
    expect(await allocator.allocatePort('postgres-1', start)).toBe(start);
    expect(await allocator.allocatePort('postgres-2', start)).toBe(start + 1);
  });

  it('H25 tries the default port of the pool before its range, and after a preference neither', async () => {
    const start = await freeRun(3);
    const allocator = allocatorOf({
      portRanges: { cache: { start, end: start + 1 } },
      defaultPorts: { cache: start + 2 },
    });
    expect(await allocator.allocatePort('redis-1')).toBe(start + 2);
    expect(await allocator.allocatePort('redis-2')).toBe(start);
    expect(await allocator.allocatePort('redis-3', start + 2)).toBe(start + 1);
  });

  it('H16 H18 H192 P34 gives ports of the named pool only', async () => {
    const start = await freeRun(2);
    const allocator = allocatorOf({
      portRanges: { api: { start, end: start }, cache: { start: start + 1, end: start + 1 } },
    });
    expect(await allocator.allocatePort('worker', { pool: 'cache' })).toBe(start + 1);
    await expect(allocator.allocatePort('redis')).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
      hint: expect.stringContaining('allow ephemeral ports'),
    });
  });

  it('R2 gives a port of overlapping pools once, whichever asks', async () => {
    const start = await freeRun(3);
    const allocator = allocatorOf({
      portRanges: { grpc: { start, end: start + 1 }, metrics: { start: start + 1, end: start + 2 } },
      defaultPorts: { grpc: start, metrics: start },
    });
    expect(await allocator.allocatePort('grpc-1')).toBe(start);
    expect(await allocator.allocatePort('metrics-1')).toBe(start + 1);
    expect(await allocator.allocatePort('metrics-2')).toBe(start + 2);
    await expect(allocator.allocatePort('grpc-2')).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' });
  });

  it('gives a service of no pool no port of a pool that is called "other"', async () => {
    const start = await freeRun(2);
    const [other, range] = [
      { start, end: start },
      { start: start + 1, end: start + 1 },
    ];
    const allocator = allocatorOf({ portRanges: { other }, defaultPorts: { other: start }, defaultRange: range });
    expect(await allocator.allocatePort('worker')).toBe(start + 1);
    expect(await allocator.allocatePort('another', { pool: 'other' })).toBe(start);
  });

  it('H36 records port and service', async () => {
    const port = await allocatorOf().allocatePort('orders');
    expect(new PortReservations(folder).holderOf(port)?.purpose).toBe('orders');
  });

  it('H194 refuses a service that asks for new ports too often, and no other', async () => {
    let now = 0;
    const allocator = allocatorOf({ rateLimit: { allocations: 2, perMs: 1000 }, now: () => now });
    const cycle = async (service: string) => allocator.releasePort(await allocator.allocatePort(service));
    await cycle('a');
    await cycle('a');
    await expect(cycle('a')).rejects.toMatchObject({
      code: 'PORT_RATE_LIMITED',
      message: expect.stringContaining('2 new ports in 1.0 s'),
      hint: expect.stringContaining('wait 500 ms'),
      service: 'a',
    });
    expect(await cycle('b')).toBe(true);
    now = 500;
    await allocator.allocatePort('a');
    expect(await allocator.allocatePort('a')).toBeGreaterThan(0);
  });

  it('H194 has no limit when that is said', async () => {
    const allocator = allocatorOf({ rateLimit: false, now: () => 0 });
    const released: boolean[] = [];
    for (let round = 0; round < 101; round++) released.push(allocator.releasePort(await allocator.allocatePort('a')));
    expect(released).toEqual(Array(101).fill(true));
  });

  it('H22 looks whether a port is free without being in the way of who is given it meanwhile', async () => {
    const start = await freeRun(1);
    const [looker, taker] = [allocatorOf(), allocatorOf()];
    await taker.allocatePortInRange('a', start, start);
    const looks = Array.from({ length: 50 }, () => looker.isPortAvailable(start));
    expect(await occupy(start)).toBe(start);
    expect(new Set(await Promise.all(looks))).toEqual(new Set([false]));
    expect(await looker.isPortAvailable(0)).toBe(false);
  });

  it('H204 R3 never gives an excluded port, not even as a preference', async () => {
    const start = await freeRun(3);
    const allocator = allocatorOf({
      reservedPorts: [start, start + 1],
      portRanges: { api: { start, end: start + 2 } },
    });
    expect(await allocator.allocatePort('api', { preferred: start + 1 })).toBe(start + 2);
    expect(await allocator.isPortAvailable(start)).toBe(false);
  });

  it('H27 gives ports of a large range at random and inside the range', async () => {
    const allocator = allocatorOf({ defaultRange: { start: 12_000, end: 14_999 } });
    const ports = await Promise.all(Array.from({ length: 30 }, (_, index) => allocator.allocatePort(`w${index}`)));
    for (const port of ports) expect(port >= 12_000 && port <= 14_999).toBe(true);
    expect(ports).not.toEqual(ports.toSorted((a, b) => a - b));
  });

  it('H20 H21 H22 H116 R9 gives a released port again, and takes a second release for nothing', async () => {
    const start = await freeRun(1);
    const allocator = allocatorOf();
    const port = await allocator.allocatePortInRange('a', start, start);
    expect(await allocator.isPortAvailable(port)).toBe(false);
    expect(allocator.releasePort(port)).toBe(true);
    expect(allocator.releasePort(port)).toBe(false);
    expect(await allocator.isPortAvailable(port)).toBe(true);
    expect(await allocator.allocatePortInRange('b', start, start)).toBe(port);
  });

  it('H114 refuses ranges, preferences and pools that are none', async () => {
    const usage = { code: 'USAGE' };
    await expect(allocatorOf().allocatePortInRange('a', 9, 5)).rejects.toMatchObject(usage);
    await expect(allocatorOf().allocatePort('a', { preferred: 70_000 })).rejects.toMatchObject(usage);
    await expect(allocatorOf().allocatePort('a', { pool: 'constructor' })).rejects.toMatchObject(usage);
    await expect(allocatorOf().allocatePort('a', { pool: 'databse' })).rejects.toMatchObject({
      ...usage,
      hint: 'Did you mean "database"?',
    });
    expect(() => allocatorOf({ portRanges: { api: { start: 2, end: 1 } } })).toThrowError(
      expect.objectContaining(usage),
    );
  });

  it('stops searching when its signal aborts', async () => {
    const reason = new Error('enough');
    await expect(allocatorOf().allocatePort('a', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('gives everything up when disposed, also what was just being chosen, and hands out nothing more', async () => {
    const allocator = allocatorOf();
    await allocator.allocatePort('a');
    const late = allocator.allocatePort('b').catch((error) => error);
    await allocator[Symbol.asyncDispose]();
    await allocator[Symbol.asyncDispose]();
    expect(await late).toMatchObject({ code: 'PORT_UNAVAILABLE' });
    expect(readdirSync(join(folder, 'ports'))).toEqual([]);
    await expect(allocator.allocatePort('c')).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' });
  });

  it('H173 H174 H175 H190 tells of ports given and taken by kind of service, and of conflicts', async () => {
    const { telemetry, counted, events } = recordingTelemetry();
    const start = await freeRun(2);
    await occupy(start);
    const allocator = allocatorOf({ portRanges: { database: { start: start + 1, end: start + 1 } }, telemetry });
    await allocator.allocatePort('postgres-1', start);
    await allocator.allocatePort('worker');
    allocator.releasePort(start + 1);
    expect(counted()).toEqual({
      'discovery_ports_allocated_total database': 1,
      'discovery_ports_allocated_total other': 1,
      'discovery_ports_released_total database': 1,
      'discovery_port_conflicts_total database': 1,
    });
    const fields = { service_name: 'postgres-1', preferred_port: start, allocated_port: start + 1 };
    expect(events).toEqual([['warn', 'Port conflict detected, using fallback', fields]]);
  });

  it('looks at a port of a range again that was taken a moment ago, when no other one will do', async () => {
    const start = await freeRun(2);
    const stranger = createServer().listen(start, '127.0.0.1');
    await new Promise((resolve) => stranger.once('listening', resolve));
    const allocator = allocatorOf({ now: () => 0 });
    expect(await allocator.allocatePortInRange('a', start, start + 1)).toBe(start + 1);
    await new Promise((resolve) => stranger.close(resolve));
    expect(await allocator.allocatePortInRange('b', start, start + 1)).toBe(start);
  });

  it('lets the event loop run while it searches a range that is used up', async () => {
    const range = { start: 15_000, end: 15_999 };
    const folderOfOthers = new PortReservations(folder);
    for (let port = range.start; port <= range.end; port++) folderOfOthers.reserve(port, 'other');
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await expect(allocatorOf().allocatePortInRange('a', range.start, range.end)).rejects.toThrow(
      'is in use or reserved',
    );
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it('H87 takes other settings over, all or none, and leaves services their ports', async () => {
    const start = await freeRun(2);
    const allocator = allocatorOf({ portRanges: { api: { start, end: start } } });
    expect(await allocator.allocatePort('first-api')).toBe(start);
    const impossible = { portRanges: { api: { start: 2, end: 1 } }, enabled: false };
    expect(() => allocator.configure(impossible)).toThrowError(expect.objectContaining({ code: 'USAGE' }));
    await expect(allocator.allocatePort('second-api')).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' });
    allocator.configure({ portRanges: { api: { start, end: start + 1 } } });
    expect(await allocator.allocatePort('second-api')).toBe(start + 1);
    allocator.configure({ enabled: false, reservedPorts: [start] });
    expect(await allocator.allocatePort('first-api')).toBe(start);
    await expect(allocator.allocatePort('third-api')).rejects.toThrow('switched off');
    allocator.configure();
    expect(allocator.getPortForService('first-api')).toBe(start);
  });
});
