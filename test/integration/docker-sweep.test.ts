import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { identifyProcess, type ProcessIdentity } from '../../src/model/index.js';
import { sweepDocker } from '../../src/runtime/docker/index.js';
import { describeWithDocker } from '../support/docker.js';
import { inventoryOf, withEngine } from '../support/docker-runtime.js';

const mark = `sweep-${process.pid}`;
const state = mkdtempSync(join(tmpdir(), 'portside-sweep-'));
const testLabel = `dev.portside.test=${mark}`;

/** Makes a running container with a network and a volume that carry the label of the owner. */
async function leaveBehind(name: string, owner: ProcessIdentity): Promise<void> {
  const labels = {
    'dev.portside.agent': JSON.stringify(owner),
    'dev.portside.instance': `${mark}-${name}`,
    'dev.portside.test': mark,
  };
  mkdirSync(join(state, 'grants', `${mark}-${name}`), { recursive: true });
  await withEngine(async (client) => {
    await client.createNetwork({ Name: `${mark}-${name}`, Labels: labels, IPAM: { Driver: 'default', Config: [] } });
    await client.createVolume({ Name: `${mark}-${name}`, Labels: labels });
    const container = await client.createContainer({
      name: `${mark}-${name}`,
      Image: 'redis:7-alpine',
      Labels: labels,
      HostConfig: { NetworkMode: `${mark}-${name}`, Binds: [`${mark}-${name}:/v`] },
    });
    await container.start();
  });
}

async function endedProcess(): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const identity = identifyProcess(child.pid);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity;
}

describeWithDocker('sweeping the engine', () => {
  beforeAll(async () => {
    await leaveBehind('dead', await endedProcess());
    await leaveBehind('living', identifyProcess());
    await leaveBehind('foreign', { ...identifyProcess(), host: 'another-machine' });
  });

  afterAll(() => rmSync(state, { recursive: true, force: true }));
  afterAll(() =>
    withEngine(async (client) => {
      for (const { Id } of await client.listContainers({ all: true, filters: { label: [testLabel] } })) {
        await client.getContainer(Id).remove({ force: true, v: true });
      }
      for (const { Id } of await client.listNetworks({ filters: { label: [testLabel] } }))
        await client.getNetwork(Id).remove();
      const { Volumes } = await client.listVolumes({ filters: { label: [testLabel] } });
      for (const { Name } of Volumes) await client.getVolume(Name).remove();
    }),
  );

  const all = (names: readonly string[]) =>
    ['container', 'network', 'volume'].flatMap((type) => names.map((name) => `${type} ${mark}-${name}`)).sort();

  it('removes what an ended process owned and keeps the rest', async () => {
    const report = await sweepDocker({ environment: process.env, stateFolder: state });
    const ours = report.removed.filter(({ name }) => name.startsWith(mark)).map(({ type, name }) => `${type} ${name}`);
    expect(ours.sort()).toEqual(all(['dead']));
    expect(report.kept).toBeGreaterThanOrEqual(6);
    expect((await inventoryOf(testLabel)).sort()).toEqual(all(['foreign', 'living']));
    expect(readdirSync(join(state, 'grants')).sort()).toEqual([`${mark}-foreign`, `${mark}-living`]);
  });

  it('may be done by several at once', async () => {
    await leaveBehind('again', await endedProcess());
    await Promise.all([1, 2, 3].map(() => sweepDocker({ environment: process.env, stateFolder: state })));
    expect((await inventoryOf(testLabel)).sort()).toEqual(all(['foreign', 'living']));
  });
});
