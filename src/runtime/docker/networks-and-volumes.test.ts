import { describe, expect, it } from 'vitest';
import type { NetworkDefinition, VolumeDefinition } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { createNetwork } from './network-create.js';
import type { Subnet } from './subnet.js';
import { createVolumes } from './volumes.js';

// A real engine makes and refuses both in test/integration/docker-networks.test.ts and docker-refusals.test.ts; here is what no engine of a test
// does: one that breaks, one that has no addresses left, and one in a swarm.
const refusal = (statusCode: number, message: string) =>
  Object.assign(new Error(message), { statusCode, json: { message } });
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

  it('says what the engine answers when it cannot look for an external one', async () => {
    const client = { getVolume: () => ({ inspect: async () => Promise.reject(refusal(500, 'broken')) }) };
    const { context } = contextOf(client, { ...mounted('v'), ...withVolumes({ v: { external: true } }) });
    await expect(createVolumes(context)).rejects.toThrow("Cannot look up the external volume 'v': broken.");
  });
});
