import { expect, it } from 'vitest';
import type { LogLine } from '../../src/runtime/index.js';
import { describeWithDocker } from '../support/docker.js';
import { answering, eventually, withDockerRuntime, withEngine } from '../support/docker-runtime.js';
import { readAll } from '../support/tcp.js';

const shell = (name: string, script: string) => ({ name, image: 'node:20-slim', command: ['sh', '-c', script] });

describeWithDocker('a running service', () => {
  it('reports how its program ended, to whoever waits and to whoever subscribed', async () => {
    await withDockerRuntime([shell('job', 'sleep 0.3; exit 7')], async (test) => {
      const running = await test.start('job');
      const exit = { exitCode: 7, oomKilled: false };
      expect(await test.runtime.exit(running, AbortSignal.timeout(20_000))).toEqual(exit);
      expect(await test.runtime.exit(running, AbortSignal.timeout(20_000))).toEqual(exit);
      expect(test.events).toEqual([{ type: 'exited', running, exit }]);
    });
  });

  it('reports a program that ended before its start was over', async () => {
    await withDockerRuntime([shell('job', 'exit 3')], async (test) => {
      const running = await test.start('job');
      expect(running.ports).toEqual([]);
      expect(await test.runtime.exit(running, AbortSignal.timeout(20_000))).toMatchObject({ exitCode: 3 });
      const event = await eventually(() => test.events[0]);
      expect(event).toMatchObject({ type: 'exited', running: { id: running.id }, exit: { exitCode: 3 } });
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(test.events).toHaveLength(1);
    });
  });

  it('reports that the kernel ended it for its memory limit', async () => {
    const script = 'const a = []; for (;;) a.push(Buffer.alloc(8e6, 1))';
    const hog = {
      name: 'hog',
      image: 'node:20-slim',
      command: ['node', '-e', script],
      container: { memoryBytes: 160e6, memorySwapBytes: 160e6 },
    };
    await withDockerRuntime([hog], async (test) => {
      const running = await test.start('hog');
      expect(await test.runtime.exit(running, AbortSignal.timeout(30_000))).toEqual({
        exitCode: 137,
        signal: 'SIGKILL',
        oomKilled: true,
      });
    });
  });

  it('is reported with its new port when it is started again', async () => {
    await withDockerRuntime([answering('api')], async (test) => {
      const running = await test.start('api');
      await withEngine((client) => client.getContainer(running.id).kill());
      await eventually(() => test.events.find(({ type }) => type === 'exited'));
      await withEngine((client) => client.getContainer(running.id).start());
      const event = await eventually(() => test.events.find(({ type }) => type === 'started'));
      const ports = event.type === 'started' ? event.running.ports : [];
      expect(await readAll('127.0.0.1', ports[0]?.port ?? 0)).toBe('hello');
      expect(test.events.map(({ type }) => type)).toEqual(['exited', 'started']);
    });
  });

  it('reports what the health check of its image says', async () => {
    const sick = { name: 'sick', image: 'portside-test/never-healthy:1', ready: [{ type: 'engine' } as const] };
    await withDockerRuntime([sick], async (test) => {
      const running = await test.start('sick');
      const event = await eventually(() => test.events.find(({ type }) => type === 'health'));
      expect(event).toEqual({ type: 'health', running, healthy: false });
    });
  });

  it('carries out the health check of the file in milliseconds', async () => {
    const healthcheck = { test: ['CMD', 'true'], intervalMs: 200, timeoutMs: 5000, retries: 2, startPeriodMs: 0 };
    const service = answering('api', { healthcheck, ready: [{ type: 'engine' }] });
    await withDockerRuntime([service], async (test) => {
      const running = await test.start('api');
      expect(await eventually(() => test.events[0])).toEqual({ type: 'health', running, healthy: true });
    });
  });

  it('has no health check of the engine where a port is probed instead', async () => {
    const service = answering('api', { healthcheck: { test: ['CMD', 'true'] }, ready: [{ type: 'tcp', port: 7000 }] });
    await withDockerRuntime([service], async (test) => {
      const { id } = await test.start('api');
      const { Config } = await withEngine((client) => client.getContainer(id).inspect());
      expect(Config.Healthcheck?.Test).toEqual(['NONE']);
    });
  });

  it('gives its log by stream and line, the last lines only when asked', async () => {
    await withDockerRuntime(
      [shell('job', 'echo one; echo two >&2; sleep 0.1; printf "three\\r\\nfour"')],
      async (test) => {
        const running = await test.start('job');
        await test.runtime.exit(running, AbortSignal.timeout(20_000));
        const read = async (tail?: number) => {
          const lines: LogLine[] = [];
          for await (const line of test.runtime.logs(running, tail === undefined ? {} : { tail })) lines.push(line);
          return lines;
        };
        const all = await read();
        expect(all.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual([
          'one',
          'three',
          'four',
        ]);
        expect(all).toContainEqual({ service: 'job', replica: 1, stream: 'stderr', text: 'two' });
        expect((await read(1)).map(({ text }) => text)).toEqual(['four']);
      },
    );
  });

  it('gives the log of a program with a terminal, also when a line looks like JSON', async () => {
    const service = { ...shell('job', 'echo \'{"a":1}\''), container: { tty: true } };
    await withDockerRuntime([service], async (test) => {
      const running = await test.start('job');
      await test.runtime.exit(running, AbortSignal.timeout(20_000));
      const lines: string[] = [];
      for await (const { text } of test.runtime.logs(running, {})) lines.push(text);
      expect(lines).toEqual(['{"a":1}']);
    });
  });

  it('gives new log lines as they come, over a restart, until the signal aborts', async () => {
    await withDockerRuntime([shell('job', 'echo begin; sleep 1000')], async (test) => {
      const running = await test.start('job');
      const enough = new AbortController();
      const lines: string[] = [];
      const reading = (async () => {
        for await (const { text } of test.runtime.logs(running, { follow: true, signal: enough.signal }))
          lines.push(text);
      })();
      await eventually(() => (lines.length === 1 ? true : undefined));
      await withEngine((client) => client.getContainer(running.id).restart({ t: 0 }));
      await eventually(() => (lines.length === 2 ? true : undefined));
      enough.abort();
      await reading;
      expect(lines).toEqual(['begin', 'begin']);
    });
  });

  it('ends a followed log when it is removed', async () => {
    await withDockerRuntime([shell('job', 'echo begin; sleep 1000')], async (test) => {
      const running = await test.start('job');
      const lines: string[] = [];
      const reading = (async () => {
        for await (const { text } of test.runtime.logs(running, { follow: true })) lines.push(text);
      })();
      await eventually(() => lines[0]);
      await test.runtime.remove(running);
      await reading;
      expect(lines).toEqual(['begin']);
    });
  });

  it('runs a command inside and gives its exit code and output', async () => {
    await withDockerRuntime([answering('api', { environment: { WHO: 'me' } })], async (test) => {
      const running = await test.start('api');
      const command = ['sh', '-c', 'echo out $WHO; echo err >&2; exit 4'];
      const result = await test.runtime.exec(running, command, AbortSignal.timeout(20_000));
      expect(result.exitCode).toBe(4);
      expect(result.output.split('\n').sort()).toEqual(['', 'err', 'out me']);
      await expect(test.runtime.exec(running, ['sleep', '100'], AbortSignal.timeout(300))).rejects.toThrow(/timeout/i);
    });
  });

  it('is removed alone, without any event', async () => {
    await withDockerRuntime([answering('a'), answering('b')], async (test) => {
      const [a] = await Promise.all([test.start('a'), test.start('b')]);
      await test.runtime.remove(a);
      await test.runtime.remove(a);
      expect(await test.inventory()).toEqual([expect.stringContaining('-b-1-'), expect.stringContaining('network')]);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(test.events).toEqual([]);
    });
  });
});

describeWithDocker('stopping', () => {
  it('may be done twice, and leaves nothing when services are just being started', async () => {
    const services = Array.from({ length: 4 }, (_, index) => answering(`s${index}`));
    for (const delayMs of [0, 20, 80, 200, 400]) {
      await withDockerRuntime(services, async (test) => {
        const starts = services.map(({ name }) => test.start(name));
        const outcome = Promise.allSettled(starts);
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        await Promise.all([test.runtime.stop(), test.runtime.stop()]);
        expect(await test.inventory()).toEqual([]);
        for (const result of await outcome) {
          if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'ENVIRONMENT_STOPPED' });
        }
        await expect(test.start('s0')).rejects.toMatchObject({ code: 'ENVIRONMENT_STOPPED' });
      });
    }
  });

  it('gives a start up when its signal aborts, and leaves nothing of it', async () => {
    await withDockerRuntime([answering('api')], async (test) => {
      const service = (await test.start('api')).service;
      const before = await test.inventory();
      for (const delayMs of [0, 30, 150]) {
        const abort = new AbortController();
        const start = test.runtime.start(service, 2, {}, abort.signal);
        setTimeout(() => abort.abort(new Error('changed my mind')), delayMs);
        await expect(start).rejects.toThrow('changed my mind');
        expect(await test.inventory()).toEqual(before);
      }
    });
  });

  it('runs pre_stop commands and gives the grace that the file names', async () => {
    const volume = { type: 'volume', source: 'out', target: '/out', readOnly: false } as const;
    const script = "trap 'echo term >> /out/log; exit 0' TERM; while :; do sleep 0.05; done";
    const polite = {
      ...shell('polite', script),
      mounts: [volume],
      stopGracePeriodMs: 5000,
      container: { preStop: [{ command: ['sh', '-c', 'echo hook >> /out/log'] }] },
    };
    const reader = { ...shell('reader', 'cat /out/log'), mounts: [volume] };
    await withDockerRuntime([polite, reader], async (test) => {
      await test.runtime.remove(await test.start('polite'));
      const running = await test.start('reader');
      await test.runtime.exit(running, AbortSignal.timeout(20_000));
      const lines: string[] = [];
      for await (const { text } of test.runtime.logs(running, {})) lines.push(text);
      expect(lines).toEqual(['hook', 'term']);
    });
  });
});
