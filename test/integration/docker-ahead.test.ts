import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { describeWithDocker } from '../support/docker.js';
import { answering, type TestRuntime, withDockerRuntime, withEngine } from '../support/docker-runtime.js';
import { readAll } from '../support/tcp.js';

/** Gives id and state of every container of the environment, by service. */
async function containers({ owner }: TestRuntime): Promise<Record<string, readonly [id: string, state: string]>> {
  const filters = { label: [`dev.portside.instance=${owner.instance}`] };
  const found = await withEngine((client) => client.listContainers({ all: true, filters }));
  return Object.fromEntries(
    found.map(({ Id, State, Labels }) => [Labels['dev.portside.service'] ?? '', [Id, State]] as const),
  );
}

describeWithDocker('containers that are created ahead', () => {
  it('are there before their turn, and start when it comes', async () => {
    await withDockerRuntime([answering('api', { replicas: 2 })], async (test) => {
      await test.provide('api');
      const [id, state] = (await containers(test))['api'] ?? [];
      expect(state).toBe('created');
      expect(await test.inventory()).toHaveLength(3);
      const started = await Promise.all([test.start('api', 1), test.start('api', 2)]);
      expect(started.map((running) => running.id)).toContain(id);
      for (const { ports } of started) expect(await readAll('127.0.0.1', ports[0]?.port ?? 0)).toBe('hello');
      expect(await test.inventory()).toHaveLength(3);
      expect(test.progress.filter((step) => step === 'api creating')).toEqual([]);
    });
  });

  it('are not made when the start was quicker', async () => {
    await withDockerRuntime([answering('api')], async (test) => {
      const starting = test.start('api');
      await test.provide('api');
      const running = await starting;
      expect(await containers(test)).toEqual({ api: [running.id, 'running'] });
      await test.provide('api');
      expect(await containers(test)).toEqual({ api: [running.id, 'running'] });
    });
  });

  it('go with the environment when their turn never comes', async () => {
    await withDockerRuntime([answering('api')], async (test) => {
      await test.provide('api');
      expect(Object.keys(await containers(test))).toEqual(['api']);
    });
  });

  it('give way to others when a port that they prefer is taken', async () => {
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    const published = typeof address === 'object' && address !== null ? address.port : 0;
    const port = { target: 7000, protocol: 'tcp', policy: 'prefer', published } as const;
    await withDockerRuntime([answering('api', { ports: [port] })], async (test) => {
      await test.provide('api');
      const [ahead] = (await containers(test))['api'] ?? [];
      const running = await test.start('api');
      expect(running.id).not.toBe(ahead);
      expect(running.ports[0]?.port).not.toBe(published);
      expect(Object.keys(await containers(test))).toEqual(['api']);
    });
    await new Promise((resolve) => listener.close(resolve));
  });

  it('are not made of what takes something from services before it', async () => {
    const services = [
      answering('computed', { environmentFrom: () => ({ ANSWER: 'computed' }) }),
      answering('neighbour', { ports: [], container: { networkMode: 'service:computed' } }),
    ];
    await withDockerRuntime(services, async (test) => {
      await Promise.all([test.provide('computed'), test.provide('neighbour')]);
      expect(await containers(test)).toEqual({});
      const running = await test.start('computed', 1, { ANSWER: 'computed' });
      expect(await readAll('127.0.0.1', running.ports[0]?.port ?? 0)).toBe('computed');
    });
  });

  it('are left to the start where they cannot be made', async () => {
    const broken = answering('api', { mounts: [{ type: 'bind', source: '/no/such/folder', target: '/x' } as never] });
    await withDockerRuntime([broken], async (test) => {
      await test.provide('api');
      expect(await containers(test)).toEqual({});
      await expect(test.start('api')).rejects.toMatchObject({ code: 'SERVICE_START_FAILED', service: 'api' });
    });
  });
});
