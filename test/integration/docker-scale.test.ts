import { expect, it } from 'vitest';
import { describeWithDocker } from '../support/docker.js';
import { answering, withDockerRuntime, withEngine } from '../support/docker-runtime.js';
import { requestsOf } from '../support/engine-requests.js';

describeWithDocker('the Docker runtime', () => {
  it('needs at most 12 requests to the engine for one service from beginning to end', async () => {
    const body = () =>
      withDockerRuntime([answering('api', { ready: [{ type: 'tcp', port: 7000 }] })], async (test) => {
        await test.start('api');
      });
    const requests = await requestsOf(body);
    // The test itself asks four times whether anything is left.
    expect(requests.filter((request) => request.endsWith('/containers/create'))).toHaveLength(1);
    expect(requests.length - 4).toBeLessThanOrEqual(12);
    expect(requests.filter((request) => request.includes('/exec'))).toEqual([]);
  });

  it('runs fifty environments on one engine, each with a network of its own', async () => {
    const subnets = new Set<string>();
    let arrived = 0;
    let release = (): void => undefined;
    const all = new Promise<void>((resolve) => {
      release = resolve;
    });
    const one = (index: number) =>
      withDockerRuntime([answering(`api${index}`)], async (test) => {
        await test.start(`api${index}`);
        const filters = { label: [`dev.portside.instance=${test.owner.instance}`] };
        const [network] = await withEngine((client) => client.listNetworks({ filters }));
        subnets.add(network?.IPAM?.Config?.[0]?.Subnet ?? '');
        arrived += 1;
        if (arrived === 50) release();
        await all;
      }).finally(release);
    await Promise.all(Array.from({ length: 50 }, (_, index) => one(index)));
    expect(arrived).toBe(50);
    expect(subnets.size).toBe(50);
  }, 300_000);
});
