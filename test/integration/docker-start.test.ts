import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { describeWithDocker } from '../support/docker.js';
import { answering, eventually, withDockerRuntime, withEngine } from '../support/docker-runtime.js';
import { readAll } from '../support/tcp.js';

describeWithDocker('the Docker runtime', () => {
  it('starts a service on a loopback port that the engine chose, and removes everything when it stops', async () => {
    await withDockerRuntime([answering('api', { environment: { ANSWER: 'from the file' } })], async (test) => {
      const running = await test.start('api');
      expect(running.ports).toEqual([{ target: 7000, protocol: 'tcp', host: '127.0.0.1', port: expect.any(Number) }]);
      expect(await readAll('127.0.0.1', running.ports[0]?.port ?? 0)).toBe('from the file');
      expect(running.version).toBe('20');
      expect(await test.inventory()).toEqual([
        `container porttest-api-1-${test.owner.instance}`,
        `network porttest_default-${test.owner.instance}`,
      ]);
    });
  });

  it('labels containers with the environment and its owner', async () => {
    await withDockerRuntime([answering('api', { labels: { mine: 'yes' } })], async (test) => {
      const { id } = await test.start('api');
      const { Config, HostConfig } = await withEngine((client) => client.getContainer(id).inspect());
      expect(Config.Labels).toMatchObject({
        mine: 'yes',
        'dev.portside.key': 'test-key',
        'dev.portside.agent': JSON.stringify(test.owner.process),
        'dev.portside.service': 'api',
        'dev.portside.replica': '1',
        'com.docker.compose.service': 'api',
      });
      expect(HostConfig.RestartPolicy?.Name).toBe('no');
    });
  });

  it('adds computed environment values to those of the file', async () => {
    await withDockerRuntime([answering('api', { environment: { ANSWER: 'file', OTHER: 'x' } })], async (test) => {
      const running = await test.start('api', 1, { ANSWER: 'computed' });
      expect(await readAll('127.0.0.1', running.ports[0]?.port ?? 0)).toBe('computed');
    });
  });

  it('lets services reach each other by service name, alias and container name', async () => {
    const db = answering('db', { aliases: ['old-name'], networks: [{ network: 'back', aliases: ['database'] }] });
    const client = answering('client', { networks: [{ network: 'back', aliases: [] }] });
    await withDockerRuntime([db, client], async (test) => {
      await readAll('127.0.0.1', (await test.start('db')).ports[0]?.port ?? 0);
      const from = await test.start('client');
      for (const host of ['db', 'old-name', 'database']) {
        const script = `require('net').connect(7000, '${host}').pipe(process.stdout)`;
        const { exitCode, output } = await test.runtime.exec(from, ['node', '-e', script], AbortSignal.timeout(20_000));
        expect({ host, exitCode, output }).toEqual({ host, exitCode: 0, output: 'hello' });
      }
    });
  });

  it('gives every replica a port of its own', async () => {
    await withDockerRuntime([answering('api', { replicas: 3 })], async (test) => {
      const replicas = await Promise.all([1, 2, 3].map((replica) => test.start('api', replica)));
      expect(new Set(replicas.map(({ ports }) => ports[0]?.port)).size).toBe(3);
      expect(replicas.map(({ replica }) => replica)).toEqual([1, 2, 3]);
    });
  });

  it('publishes several ports, udp among them, in the order of the plan', async () => {
    const script =
      "const s = require('dgram').createSocket('udp4'); s.on('message', (m, r) => s.send('udp ' + m, r.port, r.address)); s.bind(5353)";
    const ports = [{ target: 5353, protocol: 'udp', policy: 'dynamic', name: 'dns' } as const, 7000];
    await withDockerRuntime([answering('echo', { command: ['node', '-e', script], ports })], async (test) => {
      const running = await test.start('echo');
      expect(running.ports).toEqual([
        { target: 5353, protocol: 'udp', host: '127.0.0.1', port: expect.any(Number), name: 'dns' },
        { target: 7000, protocol: 'tcp', host: '127.0.0.1', port: expect.any(Number) },
      ]);
      const { createSocket } = await import('node:dgram');
      const socket = createSocket('udp4');
      const answers: string[] = [];
      socket.on('message', (message) => answers.push(message.toString()));
      const answer = await eventually(() => {
        socket.send('ping', running.ports[0]?.port, '127.0.0.1');
        return answers[0];
      });
      socket.close();
      expect(answer).toBe('udp ping');
    });
  });

  it('takes the published port when the policy prefers it, and any other when it is taken', async () => {
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    const published = typeof address === 'object' && address !== null ? address.port : 0;
    const port = { target: 7000, protocol: 'tcp', policy: 'prefer', published } as const;
    await withDockerRuntime([answering('a', { ports: [port] }), answering('b', { ports: [port] })], async (test) => {
      const first = await test.start('a');
      expect(first.ports[0]?.port).not.toBe(published);
      expect(await readAll('127.0.0.1', first.ports[0]?.port ?? 0)).toBe('hello');
      await new Promise((resolve) => listener.close(resolve));
      expect((await test.start('b')).ports[0]?.port).toBe(published);
      expect(await test.inventory()).toHaveLength(3);
    });
  });

  it('starts eight services at once', async () => {
    const services = Array.from({ length: 8 }, (_, index) => answering(`s${index}`));
    await withDockerRuntime(services, async (test) => {
      const all = await Promise.all(services.map(({ name }) => test.start(name)));
      expect(new Set(all.map(({ ports }) => ports[0]?.port)).size).toBe(8);
    });
  });
});
