import { expect, it, onTestFinished } from 'vitest';
import { findEngine } from '../../src/runtime/docker/index.js';
import { describeWithDocker } from '../support/docker.js';
import { answering, withDockerRuntime } from '../support/docker-runtime.js';
import { requestsOf } from '../support/engine-requests.js';
import { startSshEngine } from '../support/ssh-engine.js';
import { readAll } from '../support/tcp.js';

describeWithDocker('an engine behind SSH', () => {
  it('runs services over a few connections that are used again, without a warning of Node’s', async () => {
    const warnings: string[] = [];
    const note = ({ message }: Error) => warnings.push(message);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    const engine = await startSshEngine();
    const environment = { ...process.env, DOCKER_HOST: engine.url };
    const services = ['a', 'b', 'c'].map((name) => answering(name));
    const requests = await requestsOf(() =>
      withDockerRuntime(
        services,
        async (test) => {
          const running = await Promise.all(services.map(({ name }) => test.start(name)));
          for (const { ports } of running) expect(await readAll('127.0.0.1', ports[0]?.port ?? 0)).toBe('hello');
          for (const one of running) {
            const { output } = await test.runtime.exec(one, ['echo', 'hi'], AbortSignal.timeout(20_000));
            expect(output).toBe('hi\n');
          }
        },
        {},
        undefined,
        environment,
      ),
    );
    expect(warnings).toEqual([]);
    expect(engine.connections()).toBeLessThan(requests.length / 2);
    // Comes when every client has hung up.
    await engine.close();
  });

  it('is not found by whoever may not log in, or where nothing listens', async () => {
    const engine = await startSshEngine();
    const messageAt = async (url: string) => {
      const found = await findEngine({ ...process.env, DOCKER_HOST: url, SSH_AUTH_SOCK: undefined });
      return found.ok ? found.describe : found.error.message;
    };
    expect(await messageAt(engine.url)).toMatch(/^Docker .* at ssh:/);
    expect(await messageAt(engine.url.replace('tester', 'stranger'))).toContain('authentication methods failed');
    await engine.close();
    expect(await messageAt(engine.url)).toContain('nothing listens there');
  });
});
