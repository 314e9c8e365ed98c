import { expect, it } from 'vitest';
import { describeWithDocker } from '../support/docker.js';
import { answering, withDockerRuntime, withEngine } from '../support/docker-runtime.js';
import { readAll } from '../support/tcp.js';

const script =
  "require('net').createServer(s => s.end(process.env.ANSWER)).listen(7000, () => console.log('listening'))";

async function moduleContainer(command = ['node', '-e', script]) {
  const { GenericContainer, Wait } = await import('testcontainers');
  return new GenericContainer('node:20-slim')
    .withCommand(command)
    .withExposedPorts(7000)
    .withWaitStrategy(Wait.forLogMessage('listening'));
}

const service = (more: object = {}) => ({ name: 'module', foreign: () => moduleContainer(), ports: [7000], ...more });

describeWithDocker('a Testcontainers module', () => {
  it('joins the environment: its ports, its name for the other services, its events, its end', async () => {
    const services = [service({ environment: { ANSWER: 'module' } }), answering('client')];
    await withDockerRuntime(services, async (test) => {
      const [running, client] = await Promise.all([test.start('module'), test.start('client')]);
      expect(running.ports).toEqual([{ target: 7000, protocol: 'tcp', host: '127.0.0.1', port: expect.any(Number) }]);
      expect(await readAll('127.0.0.1', running.ports[0]?.port ?? 0)).toBe('module');
      const connect = ['node', '-e', "require('net').connect(7000, 'module').pipe(process.stdout)"];
      expect(await test.runtime.exec(client, connect, AbortSignal.timeout(20_000))).toEqual({
        exitCode: 0,
        output: 'module',
      });
      await withEngine((engine) => engine.getContainer(running.id).kill());
      expect(await test.runtime.exit(running, AbortSignal.timeout(20_000))).toMatchObject({ exitCode: 137 });
    });
  });

  it('brings ports of its own when the plan has none', async () => {
    await withDockerRuntime([service({ ports: [] })], async (test) => {
      expect((await test.start('module')).ports).toMatchObject([{ target: 7000, protocol: 'tcp' }]);
    });
  });

  it('leaves nothing when it is given up while it waits', async () => {
    const waiting = service({ foreign: () => moduleContainer(['sleep', '1000']) });
    await withDockerRuntime([waiting], async (test) => {
      const start = test.start('module').catch((error: unknown) => error);
      while ((await test.inventory()).length < 2) await new Promise((resolve) => setTimeout(resolve, 25));
      await test.runtime.stop();
      expect(await start).toMatchObject({ code: 'ENVIRONMENT_STOPPED' });
    });
  });
});
