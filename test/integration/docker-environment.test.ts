import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Environment } from '../../src/environment/index.js';
import type { HealthcheckDefinition, ServiceDefinition } from '../../src/model/index.js';
import { describeWithDocker, docker } from '../support/docker.js';
import { startEngineProxy } from '../support/engine-proxy.js';
import { type EnvironmentTest, inFolder, withEnvironment } from '../support/environment.js';
import { worker } from '../support/service-definition.js';

const server = "require('node:http').createServer((_, response) => response.end()).listen(80)";
const nodeService = (name: string, script: string, more: Partial<ServiceDefinition> = {}) =>
  worker(name, { image: 'node:20-slim', command: ['node', '-e', script], ...more });
const web = (more: Partial<ServiceDefinition> = {}) =>
  nodeService('web', server, { kind: 'http', ports: [{ target: 80, protocol: 'tcp' }], ...more });
const byEngine = { kind: 'tcp', readiness: [{ type: 'engine' }] } as const;

const statusOf = (environment: Environment) => environment.registry.list()[0]?.status;

/** The name of the one container. */
async function containerOf({ inventory }: EnvironmentTest): Promise<string> {
  const found = (await inventory()).find((one) => one.startsWith('container '));
  return found?.slice('container '.length) ?? '';
}

describeWithDocker('a start on Docker that fails', () => {
  it.concurrent('names also what could not be removed', async () => {
    const proxy = await startEngineProxy();
    try {
      const hostEnvironment = { ...process.env, DOCKER_HOST: proxy.url };
      // The engine goes away when the health check begins, which is given up after half a second.
      const healthcheck = { test: ['CMD', 'false'], intervalMs: 250, timeoutMs: 250, retries: 1 };
      const services = [nodeService('a', 'setInterval(() => {}, 1000)', { healthcheck })];
      await withEnvironment(
        services,
        async ({ environment, failure, inventory }) => {
          environment.subscribe((frame) => {
            if (frame.type === 'progress' && frame.progress.phase === 'probing') proxy.cut();
          });
          const error = await failure();
          proxy.mend();
          expect(error).toMatchObject({ code: 'SERVICE_NOT_READY', service: 'a', hint: expect.any(String), logs: [] });
          expect(error.errors).toMatchObject([
            { code: 'SERVICE_NOT_READY', service: 'a', message: error.message },
            { code: 'ENGINE_UNREACHABLE' },
          ]);
          expect(environment.state).toMatchObject({ state: 'failed', error: { code: 'SERVICE_NOT_READY' } });
          expect(await inventory()).not.toEqual([]);
        },
        { runtime: 'docker', hostEnvironment },
      );
    } finally {
      proxy.close();
    }
  });

  it.concurrent('names also what no part of portside has foreseen in the removal', async () => {
    await inFolder(async (stateFolder) => {
      // Stands where the folder of secrets would be.
      const inTheWay = join(stateFolder, 'grants');
      await writeFile(inTheWay, '');
      await withEnvironment(
        [worker('a', { image: 'node:20-slim', command: ['no-such-program'], entrypoint: [] })],
        async ({ failure }) => {
          const error = await failure();
          expect(error).toMatchObject({ code: 'SERVICE_START_FAILED', service: 'a' });
          expect(error.errors).toMatchObject([
            { code: 'SERVICE_START_FAILED' },
            { code: 'INTERNAL', message: expect.stringContaining('ENOTDIR') },
          ]);
          await rm(inTheWay);
        },
        { runtime: 'docker', stateFolder },
      );
    });
  });

  it.concurrent('names the health check of an image that was not met, with the last lines of the service', async () => {
    const command = ['sh', '-c', 'echo one; echo two; sleep 1000'];
    const sick = worker('a', { image: 'portside-test/never-healthy:1', command, ...byEngine });
    await withEnvironment(
      [sick],
      async ({ failure }) => {
        const error = await failure();
        expect(error).toMatchObject({ code: 'SERVICE_NOT_READY', service: 'a', logs: ['one', 'two'] });
        expect(error.message).toContain("Cannot start service 'a': its image's health check was not met within");
        expect(error.hint).toContain('Ports: none.');
      },
      { runtime: 'docker', settings: { startTimeoutMs: 6000 } },
    );
  });

  it.concurrent('says that a program was ended whose container somebody removes while its log is waited for', async () => {
    const readiness = [{ type: 'log', pattern: 'ready', count: 1 }] as const;
    await withEnvironment(
      [nodeService('a', 'setInterval(() => {}, 1000)', { readiness })],
      async (test) => {
        const { environment, failure } = test;
        const error = failure();
        await expect.poll(() => environment.progress, { timeout: 30_000 }).toMatchObject([{ phase: 'probing' }]);
        docker(['rm', '--force', await containerOf(test)]);
        expect(await error).toMatchObject({
          code: 'SERVICE_EXITED',
          message: "Cannot start service 'a': its program was ended by SIGKILL.",
          hint: expect.stringContaining('It printed nothing'),
        });
      },
      { runtime: 'docker' },
    );
  });

  it.concurrent('says that a service which others wait for ran out of memory', async () => {
    const script = "console.log('x'); const a = []; for (;;) a.push(Buffer.alloc(8e6, 1))";
    const container = { memoryBytes: 160e6, memorySwapBytes: 160e6 };
    const done = { service: 'a', condition: 'service_completed_successfully', required: true } as const;
    const services = [nodeService('a', script, { container }), web({ dependsOn: [done] })];
    await withEnvironment(
      services,
      async ({ failure }) => {
        expect(await failure()).toMatchObject({
          code: 'SERVICE_EXITED',
          message: "Cannot start service 'a': it was killed because it ran out of memory.",
          hint: expect.stringContaining('Raise its memory limit'),
          logs: ['x'],
        });
      },
      { runtime: 'docker' },
    );
  });
});

describeWithDocker('a service of an environment on Docker', () => {
  it.concurrent('is unhealthy when it ends, and healthy again when it was started anew and answers', async () => {
    await withEnvironment(
      [web()],
      async (test) => {
        const { environment, start } = test;
        await start();
        const before = environment.registry.list()[0];
        expect(before?.status).toBe('healthy');
        const container = await containerOf(test);
        docker(['kill', container]);
        await expect.poll(() => statusOf(environment)).toBe('unhealthy');
        expect(environment.progress).toMatchObject([{ phase: 'failed', detail: 'exit code 137' }]);
        docker(['start', container]);
        await expect.poll(() => statusOf(environment), { timeout: 20_000 }).toBe('healthy');
        await expect.poll(() => environment.progress).toMatchObject([{ phase: 'ready', detail: 'restarted' }]);
        const answer = await fetch(environment.registry.list()[0]?.url ?? '');
        expect(answer.status).toBe(200);
      },
      { runtime: 'docker' },
    );
  });

  it.concurrent('is as healthy as the engine says where that was what it waited for', async () => {
    const healthcheck: HealthcheckDefinition = {
      test: ['CMD', 'test', '!', '-e', '/sick'],
      intervalMs: 200,
      retries: 1,
    };
    await withEnvironment(
      [web({ ...byEngine, healthcheck })],
      async (test) => {
        const { environment, start } = test;
        await start();
        expect(statusOf(environment)).toBe('healthy');
        docker(['exec', await containerOf(test), 'touch', '/sick']);
        await expect.poll(() => statusOf(environment), { timeout: 20_000 }).toBe('unhealthy');
        docker(['exec', await containerOf(test), 'rm', '/sick']);
        await expect.poll(() => statusOf(environment), { timeout: 20_000 }).toBe('healthy');
      },
      { runtime: 'docker' },
    );
  });

  it.concurrent('is not asked by the engine where something else was what it waited for', async () => {
    // Only a module of Testcontainers keeps the health check of its image then.
    const foreign = async () => {
      const { GenericContainer, Wait } = await import('testcontainers');
      return new GenericContainer('portside-test/never-healthy:1')
        .withCommand(['sh', '-c', 'echo up; sleep 1000'])
        .withExposedPorts(80)
        .withWaitStrategy(Wait.forLogMessage('up'));
    };
    const ports = [{ target: 80, protocol: 'tcp' }] as const;
    await withEnvironment(
      [worker('a', { kind: 'tcp', foreign, ports, readiness: [] })],
      async ({ environment, runtime, start }) => {
        const told = new Promise((resolve) => runtime.subscribe(resolve));
        await start();
        expect(await told).toMatchObject({ type: 'health', healthy: false });
        expect(statusOf(environment)).toBe('healthy');
      },
      { runtime: 'docker' },
    );
  });
});
