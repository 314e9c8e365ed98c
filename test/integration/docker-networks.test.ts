import { expect, it } from 'vitest';
import type { RunningService } from '../../src/runtime/index.js';
import { describeWithDocker } from '../support/docker.js';
import { answering, type TestRuntime, withDockerRuntime, withEngine } from '../support/docker-runtime.js';
import { readAll } from '../support/tcp.js';

const at = (network: string, more: object = {}) => ({ network, aliases: [], ...more });

/** Gives those of the names that a service can resolve. */
async function resolvable(test: TestRuntime, from: RunningService, names: readonly string[]): Promise<string[]> {
  const script = `Promise.all(${JSON.stringify(names)}.map(n => require('dns').promises.lookup(n).then(() => n, () => null)))
    .then(found => console.log(JSON.stringify(found.filter(Boolean))))`;
  const { output } = await test.runtime.exec(from, ['node', '-e', script], AbortSignal.timeout(30_000));
  return JSON.parse(output);
}

/** Gives the engine's networks of the environment. */
async function networksOf(test: TestRuntime) {
  const filters = { label: [`dev.portside.instance=${test.owner.instance}`] };
  return withEngine((client) => client.listNetworks({ filters }));
}

describeWithDocker('networks', () => {
  it('H148 join services under their aliases, and part those that have none in common', async () => {
    const services = [
      answering('front', { networks: [at('outer')] }),
      answering('both', { networks: [at('inner', { aliases: ['inside'] }), at('outer', { aliases: ['outside'] })] }),
      answering('back', { networks: [at('inner')] }),
    ];
    await withDockerRuntime(services, async (test) => {
      const front = await test.start('front');
      const back = await test.start('back');
      await test.start('both');
      expect(await resolvable(test, front, ['both', 'outside', 'inside', 'back'])).toEqual(['both', 'outside']);
      expect(await resolvable(test, back, ['both', 'outside', 'inside', 'front'])).toEqual(['both', 'inside']);
      expect(await test.inventory()).toHaveLength(5);
    });
  });

  it('have subnets with room for the copies of leases', async () => {
    await withDockerRuntime([answering('api')], async (test) => {
      await test.start('api');
      const [network] = await networksOf(test);
      expect(network?.IPAM?.Config?.[0]?.Subnet).toMatch(/\/22$/);
    });
  });

  it('keep the subnet and the static addresses of the file while nobody else has them', async () => {
    const services = [answering('api', { networks: [at('fixed', { ipv4Address: '10.87.3.9' })] })];
    const definition = { networks: { fixed: { external: false, ipam: { config: [{ subnet: '10.87.3.0/24' }] } } } };
    const addressOf = ({ id }: RunningService) =>
      withEngine(async (client) => {
        const { NetworkSettings } = await client.getContainer(id).inspect();
        return Object.values(NetworkSettings.Networks)[0]?.IPAddress;
      });
    await withDockerRuntime(
      services,
      async (first) => {
        expect(await addressOf(await first.start('api'))).toBe('10.87.3.9');
        await withDockerRuntime(
          services,
          async (second) => {
            expect(await addressOf(await second.start('api'))).not.toMatch(/^10\.87\.3\./);
            expect(second.progress).toContainEqual(expect.stringContaining('10.87.3.0/24 is in use'));
          },
          definition,
        );
      },
      definition,
    );
  });

  it('publish the ports of a service that lives on internal networks only, without letting it out', async () => {
    const services = [answering('db', { networks: [at('inner')] })];
    await withDockerRuntime(
      services,
      async (test) => {
        const running = await test.start('db');
        expect(await readAll('127.0.0.1', running.ports[0]?.port ?? 0)).toBe('hello');
        const networks = await networksOf(test);
        expect(networks.map(({ Internal }) => Internal).sort()).toEqual([false, true]);
      },
      { networks: { inner: { external: false, internal: true } } },
    );
  });

  it('have a private IPv6 subnet where IPv6 is switched on', async () => {
    const services = [answering('api', { networks: [at('six')] })];
    await withDockerRuntime(
      services,
      async (test) => {
        const [network] = await networksOf(test);
        expect(network?.IPAM?.Config?.map(({ Subnet }) => Subnet)).toEqual([
          expect.stringMatching(/\/22$/),
          expect.stringMatching(/^fd.*::\/64$/),
        ]);
      },
      { networks: { six: { external: false, enableIpv6: true } } },
    );
  });

  it('are used and kept when they are external, and must exist', async () => {
    const services = [answering('api', { networks: [at('shared')] })];
    const name = `portside-test-external-${process.pid}`;
    const definition = { networks: { shared: { external: true, name } } };
    const missing = withDockerRuntime(services, async () => undefined, definition);
    await expect(missing).rejects.toMatchObject({ code: 'ENGINE_FAILED', message: expect.stringContaining(name) });
    const network = await withEngine((client) => client.createNetwork({ Name: name }));
    try {
      await withDockerRuntime(
        services,
        async (test) => {
          const running = await test.start('api');
          expect(await readAll('127.0.0.1', running.ports[0]?.port ?? 0)).toBe('hello');
        },
        definition,
      );
      const found = await withEngine((client) => client.getNetwork(network.id).inspect());
      expect(found.Name).toBe(name);
    } finally {
      await withEngine((client) => client.getNetwork(network.id).remove());
    }
  });

  it('are removed also when a foreign container has joined', async () => {
    let foreign = '';
    try {
      await withDockerRuntime([answering('api')], async (test) => {
        await test.start('api');
        const [network] = await networksOf(test);
        foreign = await withEngine(async (client) => {
          const container = await client.createContainer({
            Image: 'redis:7-alpine',
            HostConfig: { NetworkMode: network?.Name },
          });
          await container.start();
          return container.id;
        });
      });
    } finally {
      await withEngine((client) => client.getContainer(foreign).remove({ force: true, v: true }));
    }
  });
});
