import { randomBytes } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import type { NetworkDefinition, VolumeDefinition } from '../../src/model/index.js';
import { connectClient } from '../../src/runtime/docker/client.js';
import type { DockerContext } from '../../src/runtime/docker/context.js';
import { findEngine } from '../../src/runtime/docker/index.js';
import { createNetwork } from '../../src/runtime/docker/network-create.js';
import { chooseSubnet, formatSubnet } from '../../src/runtime/docker/subnet.js';
import { createVolumes, removeVolumes } from '../../src/runtime/docker/volumes.js';
import { describeWithDocker } from '../support/docker.js';

/** What makes networks and volumes of one environment in the real engine, and removes whatever carries the name of the test. */
async function engineContext(more: object = {}) {
  const found = await findEngine(process.env);
  if (!found.ok) throw found.error;
  const { client, close } = connectClient(found.address);
  const instance = randomBytes(4).toString('hex');
  const told: string[] = [];
  const context = {
    engine: { client, local: true },
    definition: { project: 'p', networks: { n: { external: false } }, volumes: {} },
    plan: {
      services: [{ name: 'a', ports: [], definition: { networks: [{ network: 'n' }], container: {}, mounts: [] } }],
    },
    owner: { instance },
    labels: { 'test.instance': instance },
    networks: new Map(),
    volumes: new Map(),
    onProgress: (service: string, _phase: string, detail: string) => told.push(`${service}: ${detail}`),
    ...more,
  } as unknown as DockerContext;
  onTestFinished(async () => {
    const filters = { label: [`test.instance=${instance}`] };
    for (const { Id } of await client.listContainers({ all: true, filters })) {
      await client.getContainer(Id).remove({ force: true, v: true });
    }
    for (const { Id } of await client.listNetworks({ filters })) await client.getNetwork(Id).remove();
    for (const { Name } of (await client.listVolumes({ filters })).Volumes ?? []) await client.getVolume(Name).remove();
    close();
  });
  /** A network of somebody else's that has the subnet. */
  const occupy = (subnet: string) =>
    client.createNetwork({
      Name: `other-${instance}`,
      Labels: { 'test.instance': instance },
      IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] },
    });
  return { context, client, instance, told, occupy };
}

const mounting = (...sources: readonly string[]) => ({
  plan: { services: [{ definition: { mounts: sources.map((source) => ({ type: 'volume', source })) } }] },
});
const withVolumes = (volumes: Readonly<Record<string, Partial<VolumeDefinition>>>) => ({
  definition: { project: 'p', networks: {}, volumes },
});

describeWithDocker('what an engine refuses', () => {
  it('a subnet that is taken after all: the network gets another one', async () => {
    const { context, client, instance, occupy } = await engineContext();
    const first = chooseSubnet([], [24], `${instance}n0`);
    if (first === undefined) throw new Error('nothing is taken yet');
    await occupy(formatSubnet(first));
    await createNetwork(context, 'n', { external: false }, [24], []);
    const { id = '' } = context.networks.get('n') ?? {};
    const { IPAM } = await client.getNetwork(id).inspect();
    expect(IPAM?.Config?.[0]?.Subnet).toMatch(/\/24$/);
    expect(IPAM?.Config?.[0]?.Subnet).not.toBe(formatSubnet(first));
  });

  it('the addresses of the file when somebody has them: others are given, and it is said', async () => {
    const { context, told, occupy } = await engineContext();
    await occupy('10.209.0.0/24');
    const definition: NetworkDefinition = { external: false, ipam: { config: [{ subnet: '10.209.0.0/24' }] } };
    await createNetwork(context, 'n', definition, [24], []);
    expect(context.networks.get('n')).toMatchObject({ fixedSubnet: false, id: expect.any(String) });
    expect(told).toEqual(['a: network n gets another subnet, 10.209.0.0/24 is in use; static addresses are dropped']);
  });

  it('nothing of addresses that nobody has: they come with gateway, range and reserved addresses', async () => {
    const { context, client } = await engineContext();
    const given = { subnet: '10.210.0.0/24', gateway: '10.210.0.1', ipRange: '10.210.0.128/25' };
    const config = [{ ...given, auxAddresses: { host: '10.210.0.5' } }];
    await createNetwork(context, 'n', { external: false, ipam: { config }, labels: { own: '1' } }, [24], []);
    const { id = '', fixedSubnet } = context.networks.get('n') ?? {};
    expect(fixedSubnet).toBe(true);
    expect(await client.getNetwork(id).inspect()).toMatchObject({
      Labels: { own: '1', 'com.docker.compose.network': 'n' },
      IPAM: {
        Config: [
          {
            Subnet: '10.210.0.0/24',
            Gateway: '10.210.0.1',
            IPRange: '10.210.0.128/25',
            AuxiliaryAddresses: { host: '10.210.0.5' },
          },
        ],
      },
    });
  });

  it('an external volume that is not there; one that is there is used and kept', async () => {
    const there = await engineContext({
      ...mounting('v'),
      ...withVolumes({ v: { external: true, name: 'to be named' } }),
    });
    const name = `real-${there.instance}`;
    await there.client.createVolume({ Name: name, Labels: { 'test.instance': there.instance } });
    const context = { ...there.context, ...withVolumes({ v: { external: true, name } }) } as unknown as DockerContext;
    await createVolumes(context);
    expect([...context.volumes]).toEqual([['v', name]]);
    expect(await removeVolumes(context)).toEqual([]);
    expect((await there.client.getVolume(name).inspect()).Name).toBe(name);
    const none = await engineContext({ ...mounting('none'), ...withVolumes({ none: { external: true } }) });
    await expect(createVolumes(none.context)).rejects.toMatchObject({
      hint: expect.stringContaining('docker volume create none'),
    });
  });

  it('a volume with settings that do not go together, and the removal of one in use: both are named', async () => {
    const { context } = await engineContext({
      ...mounting('v'),
      ...withVolumes({ v: { driverOptions: { type: 'tmpfs' } } }),
    });
    await expect(createVolumes(context)).rejects.toThrow(/^Cannot make the volume 'p_v-\w+': .*device/);

    const used = await engineContext(mounting('v'));
    await createVolumes(used.context);
    const [volume = ''] = used.context.volumes.values();
    const { instance, client } = used;
    await client.createContainer({
      Image: 'redis:7-alpine',
      Labels: { 'test.instance': instance },
      HostConfig: { Binds: [`${volume}:/x`] },
    });
    expect(await removeVolumes(used.context)).toMatchObject([
      { code: 'ENGINE_FAILED', message: expect.stringContaining(volume) },
    ]);
    expect([...used.context.volumes.keys()]).toEqual(['v']);
  });
});
