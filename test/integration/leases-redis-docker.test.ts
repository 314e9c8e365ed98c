import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type Isolator, redisServerIsolator } from '../../src/isolation/index.js';
import { describeWithDocker, docker } from '../support/docker.js';
import { eventually } from '../support/docker-runtime.js';
import { type IsolationTest, type LeasedDefinition, startIsolationHost } from '../support/isolation-host.js';
import { ioredis, leaseOf, releaseAll, within } from '../support/redis-leases.js';

const cache: LeasedDefinition = { name: 'cache', kind: 'redis', image: 'redis:7-alpine' };

let test: IsolationTest | undefined;
let isolator: Isolator | undefined;

afterEach(end);

async function end(): Promise<void> {
  await releaseAll();
  await isolator?.close();
  await test?.close();
  [test, isolator] = [undefined, undefined];
}

async function start(service: LeasedDefinition): Promise<{ test: IsolationTest; isolator: Isolator }> {
  test = await startIsolationHost('docker', service);
  isolator = redisServerIsolator(test.host);
  return { test, isolator };
}

/** The containers that were started for leases. */
function containers({ instance }: IsolationTest): string[] {
  const filters = [`label=dev.portside.instance=${instance}`, 'label=dev.portside.lease'];
  return docker(['ps', '-q', ...filters.flatMap((filter) => ['--filter', filter])])
    .split('\n')
    .filter(Boolean);
}

describeWithDocker('Redis servers in containers', () => {
  it('puts eight into one, adds another container for the ninth, and gives a freed one to the next', async () => {
    const { test, isolator } = await start(cache);
    const slices = await Promise.all(Array.from({ length: 9 }, () => leaseOf(isolator)));
    expect(containers(test)).toHaveLength(2);
    expect(new Set(slices.map(({ endpoint }) => endpoint.port)).size).toBe(9);
    await Promise.all(slices.map((slice, index) => ioredis(slice).set('number', index)));
    const read = await Promise.all(slices.map((slice) => ioredis(slice).get('number')));
    expect(read).toEqual(slices.map((_, index) => String(index)));

    await Promise.all(slices.slice(0, 8).map((slice) => slice.remove()));
    const next = await Promise.all(Array.from({ length: 8 }, () => leaseOf(isolator)));
    expect(await Promise.all(next.map((slice) => ioredis(slice).dbsize()))).toEqual(Array(8).fill(0));
    expect(containers(test)).toHaveLength(2);
  });

  it('says of the servers of a dead container that they have ended, and makes another', async () => {
    const { test, isolator } = await start(cache);
    const slice = await leaseOf(isolator);
    const ended = new Promise((resolve) => slice.ended?.addEventListener('abort', resolve));
    const ids = containers(test);
    const lived = ids.flatMap((id) => ['--filter', `id=${id}`]);
    docker(['kill', ...ids]);
    await ended;
    await eventually(() => (docker(['ps', '-aq', ...lived]) === '' ? true : undefined));
    await expect(slice.reset(within())).rejects.toMatchObject({ code: 'LEASE_FAILED' });
    await slice.remove();
    expect(await ioredis(await leaseOf(isolator)).ping()).toBe('PONG');
  });

  it('serves a service that has another user and a read-only root', async () => {
    const container = { user: '65534:65534', readOnly: true };
    const { test, isolator } = await start({ ...cache, container });
    await ioredis({ endpoint: test.host.endpoint() }).set('unreadable', '1');
    await isolator.prepare(within());
    // Such a server has no folder in which it could write a dump.
    expect(test.logged).toEqual(["Leases of 'cache' begin empty, as its data cannot be read."]);
    const slice = await leaseOf(isolator);
    await ioredis(slice).set('a', '1');
    await slice.snapshot?.('filled', within());
    await slice.reset(within());
    expect(await ioredis(slice).dbsize()).toBe(0);
    await slice.restore?.('filled', within());
    expect(await ioredis(slice).get('a')).toBe('1');
  });

  it('gives each server a container where the command says more than a server can be told', async () => {
    const command = ['sh', '-c', 'redis-server --maxmemory 64mb & wait'];
    const { test, isolator } = await start({ ...cache, command });
    const [one, two] = [await leaseOf(isolator), await leaseOf(isolator)];
    expect(containers(test)).toHaveLength(2);
    await ioredis(one).set('a', '1');
    expect(await ioredis(two).dbsize()).toBe(0);
    expect(await ioredis(two).config('GET', 'maxmemory')).toEqual(['maxmemory', String(64 * 1024 * 1024)]);
    expect(one.snapshot).toBeUndefined();
    await one.reset(within());
    expect(await ioredis(one).dbsize()).toBe(0);
    await one.remove();
    expect(containers(test)).toHaveLength(1);
  });

  it('gives each server a container where the image turns out to have another entry point', async () => {
    const image = `portside-test-${process.pid}/redis:1`;
    const folder = await mkdtemp(join(tmpdir(), 'portside-redis-'));
    const lines = ['FROM redis:7-alpine', 'RUN rm /usr/local/bin/docker-entrypoint.sh', 'ENTRYPOINT ["redis-server"]'];
    await writeFile(join(folder, 'Dockerfile'), [...lines, 'CMD ["--maxmemory", "64mb"]'].join('\n'));
    docker(['build', '-q', '-t', image, folder]);
    try {
      const { test, isolator } = await start({ ...cache, image });
      const slices = [await leaseOf(isolator), await leaseOf(isolator)];
      expect(containers(test)).toHaveLength(2);
      for (const slice of slices) {
        expect(await ioredis(slice).config('GET', 'maxmemory')).toEqual(['maxmemory', String(64 * 1024 * 1024)]);
      }
      expect(test.logged).toEqual(["The image of 'cache' takes one container for each leased server."]);
    } finally {
      await end();
      docker(['rmi', image]);
      await rm(folder, { recursive: true });
    }
  });
});
