import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { recordingTelemetry } from '../../test/support/telemetry.js';
import type { EnvironmentPlan, HostPorts } from '../model/index.js';
import { hostPortAllocator } from './host-ports.js';

function allocatorOf(hostPorts?: HostPorts) {
  const stateFolder = mkdtempSync(join(tmpdir(), 'portside-host-ports-'));
  onTestFinished(() => rmSync(stateFolder, { recursive: true }));
  const { telemetry, counted } = recordingTelemetry();
  const plan = { definition: { settings: { ...(hostPorts && { hostPorts }) } } } as unknown as EnvironmentPlan;
  return { allocator: hostPortAllocator({ stateFolder, plan, telemetry }), counted };
}

it('H173 H192 H204 an environment chooses host ports as its settings say, and counts them', async () => {
  const { allocator, counted } = allocatorOf({
    defaultRange: { start: 19_000, end: 19_020 },
    reservedPorts: [19_000],
  });
  const port = await allocator.allocatePort('postgres-primary#0');
  expect(port > 19_000 && port <= 19_020).toBe(true);
  expect(await allocator.isPortAvailable(19_000)).toBe(false);
  expect(counted()).toEqual({ 'discovery_ports_allocated_total database': 1 });
});

it('takes ports of no pool, whatever the service is called', async () => {
  const { allocator } = allocatorOf();
  expect(await allocator.allocatePort('postgres')).toBeGreaterThanOrEqual(10_000);
});
