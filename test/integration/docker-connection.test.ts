import { expect, it } from 'vitest';
import { createDockerRuntime } from '../../src/runtime/docker/index.js';
import { describeWithDocker, docker } from '../support/docker.js';
import { answering, eventually, withDockerRuntime, withEngine } from '../support/docker-runtime.js';
import { startEngineProxy } from '../support/engine-proxy.js';
import { requestsOf } from '../support/engine-requests.js';
import { withEnvironment } from '../support/environment.js';
import { worker } from '../support/service-definition.js';
import { readAll } from '../support/tcp.js';

describeWithDocker('the connection to the engine', () => {
  it('may be TCP', async () => {
    const proxy = await startEngineProxy();
    try {
      const environment = { ...process.env, DOCKER_HOST: proxy.url };
      await withDockerRuntime(
        [answering('api')],
        async (test) => {
          const running = await test.start('api');
          expect(await readAll('127.0.0.1', running.ports[0]?.port ?? 0)).toBe('hello');
          const { output } = await test.runtime.exec(running, ['echo', 'hi'], AbortSignal.timeout(20_000));
          expect(output).toBe('hi\n');
        },
        {},
        undefined,
        environment,
      );
    } finally {
      proxy.close();
    }
  });

  it('is made again when it breaks, and what happened meanwhile is reported', async () => {
    const proxy = await startEngineProxy();
    try {
      const environment = { ...process.env, DOCKER_HOST: proxy.url };
      const services = ['steady', 'killed', 'restarted', 'removed'].map((name) => answering(name));
      await withDockerRuntime(
        services,
        async (test) => {
          const [steady, killed, restarted, removed] = await Promise.all(services.map(({ name }) => test.start(name)));
          proxy.cut();
          await withEngine(async (client) => {
            await client.getContainer(killed?.id ?? '').kill();
            await client.getContainer(restarted?.id ?? '').restart({ t: 0 });
            await client.getContainer(removed?.id ?? '').remove({ force: true, v: true });
          });
          expect(test.events).toEqual([]);
          proxy.mend();
          await eventually(() => (test.events.length >= 3 ? true : undefined));
          const seen = test.events.map((event) =>
            event.type === 'lost' ? 'lost' : `${event.running.service.name} ${event.type}`,
          );
          expect(seen.sort()).toEqual(['killed exited', 'removed exited', 'restarted started']);
          const again = test.events.find((event) => event.type === 'started');
          const port = again?.type === 'started' ? again.running.ports[0]?.port : undefined;
          expect(await readAll('127.0.0.1', port ?? 0)).toBe('hello');
          expect(await readAll('127.0.0.1', steady?.ports[0]?.port ?? 0)).toBe('hello');
        },
        {},
        undefined,
        environment,
      );
    } finally {
      proxy.close();
    }
  });

  it('takes no request more for a start whose event comes late', async () => {
    const proxy = await startEngineProxy();
    try {
      await withDockerRuntime(
        [answering('before'), answering('api')],
        async (test) => {
          await test.start('before');
          const requests = await requestsOf(async () => {
            proxy.holdEvents();
            const { id } = await test.start('api');
            proxy.releaseEvents();
            docker(['kill', id]);
            await eventually(() => test.events.find(({ type }) => type === 'exited'));
          });
          const ofContainers = requests.map((request) => request.replace(/\/v[\d.]+/, ''));
          expect(ofContainers.filter((request) => request.includes('/containers/'))).toEqual([
            'POST /containers/create',
            'POST /containers/ID/start',
            'GET /containers/ID/json',
            // Whether the kernel ended it.
            'GET /containers/ID/json',
          ]);
        },
        {},
        undefined,
        { ...process.env, DOCKER_HOST: proxy.url },
      );
    } finally {
      proxy.close();
    }
  });

  it.concurrent('is reported lost when it stays broken', async () => {
    const proxy = await startEngineProxy();
    try {
      const environment = { ...process.env, DOCKER_HOST: proxy.url };
      await withDockerRuntime(
        [answering('api')],
        async (test) => {
          const running = await test.start('api');
          const exit = test.runtime.exit(running, AbortSignal.timeout(50_000)).catch((error: unknown) => error);
          proxy.cut();
          const event = await eventually(() => test.events[0]);
          expect(event).toMatchObject({ type: 'lost', error: { code: 'ENGINE_UNREACHABLE' } });
          expect(await exit).toMatchObject({ code: 'ENGINE_UNREACHABLE' });
          await expect(test.runtime.stop()).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
          proxy.mend();
        },
        {},
        undefined,
        environment,
      );
    } finally {
      proxy.close();
    }
  });

  it.concurrent('leaves nothing healthy when it stays broken', async () => {
    const proxy = await startEngineProxy();
    try {
      const ports = [{ target: 7000, protocol: 'tcp' }] as const;
      await withEnvironment(
        [worker('api', { ...answering('api'), kind: 'tcp', ports })],
        async ({ environment, runtime, start }) => {
          await start();
          expect(environment.registry.list()).toMatchObject([{ status: 'healthy' }]);
          const lost = new Promise((resolve) => runtime.subscribe(resolve));
          proxy.cut();
          expect(await lost).toMatchObject({ type: 'lost' });
          expect(environment.registry.list()).toMatchObject([{ status: 'unhealthy' }]);
          proxy.mend();
        },
        { runtime: 'docker', hostEnvironment: { ...process.env, DOCKER_HOST: proxy.url } },
      );
    } finally {
      proxy.close();
    }
  });

  it('fails with the address when nothing answers there', async () => {
    const options = {
      plan: { definition: {} as never, services: [], warnings: [] },
      owner: {} as never,
      stateFolder: '/nowhere',
      environment: { DOCKER_HOST: 'tcp://127.0.0.1:1' },
      onProgress: () => undefined,
    };
    await expect(createDockerRuntime(options)).rejects.toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      message: expect.stringContaining('tcp://127.0.0.1:1: nothing listens there'),
    });
  });
});
