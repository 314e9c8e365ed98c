import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeNetworksAhead, planEnvironment } from '../../src/environment/index.js';
import { defaultLeaseSettings, type EnvironmentDefinition, identifyProcess } from '../../src/model/index.js';
import { createDockerRuntime, findEngine } from '../../src/runtime/docker/index.js';
import { describeWithDocker } from '../support/docker.js';
import { inventoryOf } from '../support/docker-runtime.js';

/** An environment of one service, whose networks are made before its runtime is. */
async function early(networks: EnvironmentDefinition['networks'] = {}) {
  const stateFolder = mkdtempSync(join(tmpdir(), 'ps-ahead-'));
  onTestFinished(() => rmSync(stateFolder, { recursive: true, force: true }));
  const settings = { ports: 'dynamic', keepWarmMs: 0, startTimeoutMs: 60_000, leases: defaultLeaseSettings } as const;
  const empty = { files: [], volumes: {}, secrets: {}, configs: {}, warnings: [] };
  const network = Object.keys(networks).map((name) => ({ network: name, aliases: [] }));
  const service = {
    name: 'cache',
    kind: 'redis',
    image: 'redis:7-alpine',
    environment: {},
    ports: [{ target: 6379, protocol: 'tcp' }],
    dependsOn: [],
    mounts: [],
    secrets: [],
    configs: [],
    networks: network,
    aliases: [],
    labels: {},
    replicas: 1,
    container: {},
  } as const;
  const about = { project: 'early', directory: stateFolder, services: [service], networks };
  const plan = planEnvironment({ ...empty, ...about, settings: { runtime: 'docker', ...settings } });
  const instance = Math.random().toString(36).slice(2, 10).padEnd(8, '0');
  const owner = { key: 'early', instance, process: identifyProcess() };
  const engine = await findEngine(process.env);
  if (!engine.ok) throw engine.error;
  const ahead = await makeNetworksAhead({ plan, owner, engine });
  const networksAhead = (ids: Readonly<Record<string, string>> | undefined) => ({
    networksAhead: Promise.resolve(ids),
  });
  const runtimeWith = (ids: Readonly<Record<string, string>> | undefined) =>
    createDockerRuntime({
      plan,
      owner,
      stateFolder,
      environment: process.env,
      onProgress: () => {},
      ...networksAhead(ids),
    });
  return { ahead, plan, runtimeWith, inventory: () => inventoryOf(`dev.portside.instance=${instance}`) };
}

const network = expect.stringMatching(/^network early_default-/);

describeWithDocker('networks that are made for an agent while it loads', () => {
  it.each(['told of them', 'not told of them, because its spawner is gone'])(
    'are used by a runtime that is %s',
    async (told) => {
      const { ahead, plan, runtimeWith, inventory } = await early();
      expect(Object.keys(ahead?.ids ?? {})).toEqual(['default']);
      expect(await inventory()).toEqual([network]);
      const runtime = await runtimeWith(told === 'told of them' ? ahead?.ids : undefined);
      await runtime.prepare(AbortSignal.timeout(60_000));
      const [service] = plan.services;
      if (service === undefined) throw new Error('the plan has no service');
      await runtime.start(service, 1, {}, AbortSignal.timeout(60_000));
      expect(await inventory()).toEqual([expect.stringMatching(/^container early-cache-1-/), network]);
      await runtime.stop();
      expect(await inventory()).toEqual([]);
    },
  );

  it('go when no agent has come', async () => {
    const { ahead, inventory } = await early();
    expect(await inventory()).toEqual([network]);
    await ahead?.remove();
    expect(await inventory()).toEqual([]);
  });

  it('are left to the agent where they need more than a name', async () => {
    const { ahead, inventory } = await early({
      back: { external: false, ipam: { config: [{ subnet: '10.83.0.0/24' }] } },
    });
    expect(ahead).toBeUndefined();
    expect(await inventory()).toEqual([]);
  });
});
