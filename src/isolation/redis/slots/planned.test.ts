import { expect, it } from 'vitest';
import type { PlannedService, ServiceDefinition } from '../../../model/index.js';
import { slotsService } from './planned.js';

function planned(more: Partial<ServiceDefinition>): ServiceDefinition {
  const definition = {
    name: 'cache',
    kind: 'redis',
    mounts: [],
    container: {},
    ...more,
  } as unknown as ServiceDefinition;
  const service = { name: 'cache', definition, ports: [] } as unknown as PlannedService;
  return slotsService(service, { id: 'abc', count: 8, words: ['redis-server'], secret: 'x' }).definition;
}

it('gives a container with eight servers eight times the limits of one', () => {
  const container = { memoryBytes: 64, cpus: 0.5, pidsLimit: -1, memorySwapBytes: 0, shmSizeBytes: 10 };
  expect(planned({ container }).container).toEqual({ ...container, memoryBytes: 512, cpus: 4 });
});

it('mounts folders of the host read-only, and leaves hooks and health checks of one server out', () => {
  const command = ['redis-cli', 'ping'];
  const definition = planned({
    mounts: [
      { type: 'bind', source: '/conf', target: '/etc/redis', readOnly: false, createHostPath: true },
      { type: 'tmpfs', target: '/run', readOnly: false },
    ],
    container: { postStart: [{ command }], preStop: [{ command }], init: true },
    healthcheck: { test: ['CMD', ...command] },
    stopGracePeriodMs: 5000,
  });
  expect(definition.mounts).toMatchObject([
    { target: '/etc/redis', readOnly: true },
    { target: '/run', readOnly: false },
    { type: 'tmpfs', target: '/portside' },
  ]);
  expect(definition.container).toEqual({ init: true });
  expect(definition.healthcheck).toEqual({ test: ['NONE'] });
  expect(definition.stopGracePeriodMs).toBeUndefined();
});
