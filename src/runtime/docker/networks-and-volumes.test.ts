import { describe, expect, it } from 'vitest';
import type { NetworkDefinition, VolumeDefinition } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { createNetwork } from './network-create.js';
import { formatSubnet, parseSubnet, type Subnet } from './subnet.js';
import { createVolumes, removeVolumes } from './volumes.js';

// A real engine makes both in test/integration/docker-networks.test.ts; what one refuses only by chance is refused here on demand.
const refusal = (statusCode: number, message: string) =>
  Object.assign(new Error(message), { statusCode, json: { message } });
const overlapping = refusal(403, 'Pool overlaps with other one on this address space');
const exhausted = refusal(500, 'could not find an available, non-overlapping IPv4 address pool among the defaults');

function contextOf(client: object, more: object = {}) {
  const told: string[] = [];
  const context = {
    engine: { client },
    definition: { project: 'p', networks: { n: { external: false } }, volumes: {} },
    plan: {
      services: [{ name: 'a', ports: [], definition: { networks: [{ network: 'n' }], container: {}, mounts: [] } }],
    },
    owner: { instance: 'i' },
    labels: { l: '1' },
    networks: new Map(),
    volumes: new Map(),
    onProgress: (service: string, _phase: string, detail: string) => told.push(`${service}: ${detail}`),
    ...more,
  };
  return { context: context as unknown as DockerContext, told };
}

describe('createNetwork', () => {
  /** Makes a network on an engine that refuses as it is told to; gives the requests, and what came of them. */
  async function make(
    definition: Partial<NetworkDefinition>,
    refusals: readonly (Error | undefined)[] = [],
    taken: Subnet[] = [],
  ) {
    const requests: { IPAM?: { Config?: { Subnet?: string }[] } }[] = [];
    const client = {
      createNetwork: async (options: (typeof requests)[number]) => {
        const error = refusals[requests.length];
        requests.push(options);
        if (error !== undefined) throw error;
        return { id: `id${requests.length}` };
      },
    };
    const { context, told } = contextOf(client);
    const made = createNetwork(context, 'n', { external: false, ...definition }, [24], taken);
    const error = await made.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { requests, told, error, network: context.networks.get('n') };
  }

  it('chooses a free subnet, and another one where that is taken after all', async () => {
    const { requests, network } = await make({}, [overlapping]);
    expect(network).toEqual({ name: 'p_n-i', id: 'id2', fixedSubnet: false });
    const [first, second] = requests.map(({ IPAM }) => IPAM?.Config?.[0]?.Subnet);
    expect(first).toMatch(/\/24$/);
    expect(second).not.toBe(first);
  });

  it('keeps the addresses of the file while nothing has them', async () => {
    const config = [
      { subnet: '10.9.0.0/24', gateway: '10.9.0.1', ipRange: '10.9.0.128/25', auxAddresses: { host: '10.9.0.5' } },
    ];
    const ipam = { driver: 'own', options: { o: '1' }, config: [...config, { gateway: '10.9.0.2' }] };
    const { requests, network } = await make({ ipam, driverOptions: { d: '1' }, labels: { own: '1' } });
    expect(network).toMatchObject({ fixedSubnet: true });
    expect(requests).toMatchObject([
      {
        Options: { d: '1' },
        Labels: { own: '1', l: '1', 'com.docker.compose.network': 'n' },
        IPAM: {
          Driver: 'own',
          Options: { o: '1' },
          Config: [
            {
              Subnet: '10.9.0.0/24',
              Gateway: '10.9.0.1',
              IPRange: '10.9.0.128/25',
              AuxiliaryAddresses: { host: '10.9.0.5' },
            },
            { Gateway: '10.9.0.2' },
          ],
        },
      },
    ]);
  });

  it('gives other addresses where those of the file are in use, and says so', async () => {
    const ipam = { config: [{ subnet: '10.9.0.0/24' }] };
    const subnet = parseSubnet('10.9.0.0/16');
    if (subnet === undefined) throw new Error('it is one');
    for (const made of [await make({ ipam }, [overlapping]), await make({ ipam }, [], [subnet])]) {
      expect(made.network).toMatchObject({ fixedSubnet: false });
      expect(made.told).toEqual([
        'a: network n gets another subnet, 10.9.0.0/24 is in use; static addresses are dropped',
      ]);
    }
    expect(formatSubnet(subnet)).toBe('10.9.0.0/16');
  });

  it('leaves the choice to the engine for other drivers', async () => {
    const { requests } = await make({ driver: 'overlay' });
    expect(requests).toMatchObject([{ Driver: 'overlay', IPAM: undefined }]);
  });

  it.each([
    ['of the engine’s choice', { driver: 'overlay' }],
    ['that were chosen', {}],
    ['of the file', { ipam: { config: [{ subnet: '10.9.0.0/24' }] } }],
  ])('says what to do when the addresses %s have run out', async (_what, definition) => {
    expect((await make(definition, [exhausted])).error).toMatchObject({
      code: 'ENGINE_FAILED',
      message: expect.stringContaining('no addresses left'),
      hint: expect.stringContaining('portside sweep'),
    });
    expect((await make(definition, [refusal(500, 'broken')])).error).toMatchObject({
      code: 'ENGINE_FAILED',
      message: "Cannot make the network 'p_n-i': broken.",
    });
  });
});

describe('createVolumes', () => {
  const mounted = (...sources: readonly string[]) => ({
    plan: {
      services: [
        {
          definition: {
            mounts: sources.map((source) => ({ type: 'volume', source, target: `/${source}`, readOnly: false })),
          },
        },
      ],
    },
  });
  const withVolumes = (volumes: Readonly<Record<string, Partial<VolumeDefinition>>>) => ({
    definition: { project: 'p', networks: {}, volumes },
  });

  it('takes an external volume as it is, and refuses one that is not there', async () => {
    const answers: Record<string, Error> = { none: refusal(404, 'no such volume'), broken: refusal(500, 'broken') };
    const client = {
      getVolume: (name: string) => ({
        inspect: async () => {
          if (answers[name] !== undefined) throw answers[name];
        },
      }),
    };
    const external = { v: { external: true, name: 'real' }, none: { external: true }, broken: { external: true } };
    const of = (source: string) => contextOf(client, { ...mounted(source), ...withVolumes(external) }).context;
    const there = of('v');
    await createVolumes(there);
    expect([...there.volumes]).toEqual([['v', 'real']]);
    expect(await removeVolumes(there)).toEqual([]);
    await expect(createVolumes(of('none'))).rejects.toMatchObject({
      hint: expect.stringContaining('docker volume create none'),
    });
    await expect(createVolumes(of('broken'))).rejects.toThrow("Cannot look up the external volume 'broken': broken.");
  });

  it('says which volume the engine did not make', async () => {
    const client = { createVolume: async () => Promise.reject(refusal(500, 'no room')) };
    await expect(createVolumes(contextOf(client, mounted('v')).context)).rejects.toThrow(
      "Cannot make the volume 'p_v-i': no room.",
    );
  });

  it('tells those that it could not remove', async () => {
    const client = { getVolume: () => ({ remove: async () => Promise.reject(refusal(500, 'in use')) }) };
    const { context } = contextOf(client, { volumes: new Map([['v', 'p_v-i']]) });
    expect(await removeVolumes(context)).toMatchObject([
      { code: 'ENGINE_FAILED', message: expect.stringContaining('p_v-i') },
    ]);
    expect([...context.volumes.keys()]).toEqual(['v']);
  });
});
