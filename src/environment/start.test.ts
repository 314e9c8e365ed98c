import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { defaultLeaseSettings } from '../model/index.js';
import type { Runtime } from '../runtime/index.js';
import { Environment } from './environment.js';
import { planEnvironment } from './plan.js';

test.each([90_000.5, 2 ** 31, 30 * 86_400_000 * 100])('a start may take %d ms', async (startTimeoutMs) => {
  const plan = planEnvironment({
    project: 'empty',
    directory: '/',
    files: [],
    services: [],
    networks: {},
    volumes: {},
    secrets: {},
    configs: {},
    settings: { runtime: 'auto', ports: 'dynamic', keepWarmMs: 0, startTimeoutMs, leases: defaultLeaseSettings },
    warnings: [],
  });
  const info = {
    key: 'k',
    project: 'empty',
    directory: '/',
    runtime: 'embedded',
    agentPid: null,
    warnings: [],
  } as const;
  const environment = new Environment({ info, plan, now: Date.now });
  await environment.start(runtimeThatTakes(30));
  expect(environment.state.state).toBe('ready');
  await environment.stop();
});

/** A runtime that prepares for so many milliseconds, and then looks whether it may go on. */
function runtimeThatTakes(ms: number): Runtime {
  const unused = (): never => {
    throw new Error('not used');
  };
  return {
    name: 'embedded',
    addressing: 'host',
    prepare: async (signal) => {
      await sleep(ms);
      signal?.throwIfAborted();
    },
    provide: async () => undefined,
    start: unused,
    snapshotOf: () => undefined,
    unkept: () => new Map(),
    keep: unused,
    subscribe: () => () => undefined,
    exit: unused,
    exec: unused,
    logs: unused,
    remove: unused,
    stop: async () => undefined,
  };
}
