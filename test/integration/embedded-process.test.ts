import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesOf } from '../../src/runtime/embedded/process/tree.js';
import { nodeProgram, withEmbeddedRuntime } from '../support/embedded-runtime.js';

const occupants: Server[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portside-process-'));
});
afterEach(async () => {
  for (const server of occupants.splice(0)) server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Answers every request with what the program sees of its environment, arguments and working folder. */
const mirror = `
  const answer = JSON.stringify({ env: process.env, args: process.argv.slice(2), cwd: process.cwd() });
  require('node:http').createServer((_, response) => response.end(answer))
    .listen(Number(process.env.PORT), process.env.HOST, () => console.log('listening on', process.env.PORT));
`;

interface Mirrored {
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly cwd: string;
}

const seen = async (port: number) => (await (await fetch(`http://127.0.0.1:${port}`)).json()) as Mirrored;

describe('a host program that stands for a service', () => {
  it('gets its port, its own environment and little of the host’s', async () => {
    const service = nodeProgram('api', mirror, {
      ports: [8080],
      environment: { PORT: '8080', GREETING: 'hello', PUBLIC: 'http://localhost:8080/x' },
    });
    const environment = { ...process.env, DATABASE_URL: 'postgres://developer@localhost/precious', NODE_OPTIONS: '' };
    await withEmbeddedRuntime(
      [service],
      async ({ start }) => {
        const { port } = await start('api', { environment: { COMPUTED: 'api:8080' } });
        const { env, cwd } = await seen(port);
        expect(env).toMatchObject({
          PORT: String(port),
          HOST: '127.0.0.1',
          GREETING: 'hello',
          PUBLIC: `http://localhost:${port}/x`,
          COMPUTED: 'api:8080',
          PATH: expect.stringContaining(process.env['PATH'] ?? ''),
        });
        expect(env).not.toHaveProperty('DATABASE_URL');
        expect(env).not.toHaveProperty('NODE_OPTIONS');
        expect(cwd).toBe(tmpdir());
      },
      { environment },
    );
  });

  it('is told its own address in the variables that advertise it', async () => {
    const advertise = { ADDRESS: 'inner://api:8080,outer://{host}:{ports.8080}', MAIN: '{port}' };
    const service = nodeProgram('api', mirror, { ports: [8080, 8081], environment: { PORT: '8080' }, advertise });
    await withEmbeddedRuntime([service], async ({ start }) => {
      const { port } = await start('api');
      expect((await seen(port)).env).toMatchObject({
        ADDRESS: `inner://127.0.0.1:${port},outer://127.0.0.1:${port}`,
        MAIN: String(port),
      });
    });
  });

  it('reaches the other services under their real addresses, whichever is started first', async () => {
    const api = nodeProgram('api', mirror, {
      ports: [8080],
      environment: { CACHE_URL: 'redis://cache:6379/0', CACHE_HOST: 'orders-cache', PEER: 'http://peer:7000' },
    });
    const cache = { name: 'cache', kind: 'redis', ports: [6379], aliases: ['orders-cache'] } as const;
    // The peer's port is named by others only, and the two refer to each other.
    const peer = nodeProgram('peer', mirror, { environment: { API: 'http://api:8080' } });
    await withEmbeddedRuntime([api, cache, peer], async ({ start }) => {
      const [one, redis, two] = await Promise.all([start('api'), start('cache'), start('peer')]);
      const { env } = await seen(one.port);
      expect(env).toMatchObject({
        CACHE_URL: `redis://127.0.0.1:${redis.port}/0`,
        CACHE_HOST: '127.0.0.1',
        CACHE_PORT: String(redis.port),
      });
      expect(two.ports).toEqual([]);
      const other = await seen(Number(new URL(env['PEER'] ?? '').port));
      expect(other.env['API']).toBe(`http://127.0.0.1:${one.port}`);
    });
  });

  it('waits for the final address of a service that it refers to without depends_on', async () => {
    const onProgress = (line: string) => {
      const port = Number(/^cache .* on port (\d+)$/.exec(line)?.[1]);
      if (port > 0 && occupants.length === 0) occupants.push(createServer().listen(port));
    };
    const api = nodeProgram('api', mirror, { ports: [8080], environment: { CACHE: 'cache:6379' } });
    const cache = { name: 'cache', kind: 'redis', ports: [6379] } as const;
    await withEmbeddedRuntime(
      [api, cache],
      async ({ start }) => {
        const [one, redis] = await Promise.all([start('api'), start('cache')]);
        expect(occupants).toHaveLength(1);
        expect((await seen(one.port)).env['CACHE']).toBe(`127.0.0.1:${redis.port}`);
      },
      { onProgress },
    );
  });

  it.each([
    ['ends', ''],
    [
      'stays up',
      "process.on('uncaughtException', (error) => console.error(error.message)); setInterval(() => {}, 1000);",
    ],
  ])('is started on another port when it finds its own taken and %s', async (_, prelude) => {
    const onProgress = (line: string) => {
      if (occupants.length === 0) occupants.push(createServer().listen(Number(/ on port (\d+)$/.exec(line)?.[1])));
    };
    await withEmbeddedRuntime(
      [nodeProgram('api', prelude + mirror, { ports: [8080] })],
      async ({ start, progress }) => {
        const { port } = await start('api');
        expect(progress).toHaveLength(2);
        expect((await seen(port)).env['PORT']).toBe(String(port));
      },
      { onProgress },
    );
  });

  it('gets one port per replica, and one per target port', async () => {
    const service = nodeProgram('api', mirror, {
      ports: [8080, 9090],
      replicas: 2,
      environment: { METRICS_PORT: '9090' },
    });
    await withEmbeddedRuntime([service], async ({ start }) => {
      const replicas = await Promise.all([start('api', { replica: 1 }), start('api', { replica: 2 })]);
      const ports = replicas.flatMap((running) => running.ports.map(({ port }) => port));
      expect(new Set(ports).size).toBe(4);
      for (const { port, ports } of replicas) {
        expect((await seen(port)).env).toMatchObject({ PORT: String(port), METRICS_PORT: String(ports[1]?.port) });
      }
    });
  });

  it('is tried on its published port first where that is preferred', async () => {
    const wanted = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, () => {
        const { port } = server.address() as { port: number };
        server.close(() => resolve(port));
      });
    });
    const port = { target: 8080, protocol: 'tcp', policy: 'prefer', published: wanted } as const;
    await withEmbeddedRuntime([nodeProgram('api', mirror, { ports: [port] })], async ({ start }) => {
      expect((await start('api')).port).toBe(wanted);
    });
  });

  it('reads secrets, configs and mounted files at their paths on the host', async () => {
    await writeFile(join(folder, 'settings.json'), '{}');
    const service = nodeProgram('api', mirror, {
      ports: [8080],
      environment: { SETTINGS: '/app/config/settings.json', TOKEN_FILE: '/run/secrets/token', OTHER: '/etc/hosts' },
      mounts: [{ type: 'bind', source: folder, target: '/app/config', readOnly: true, createHostPath: false }],
      secrets: [{ source: 'token', target: '/run/secrets/token' }],
    });
    const secrets = { token: { type: 'content', content: 's3cret' } } as const;
    await withEmbeddedRuntime(
      [service],
      async ({ start, runtime }) => {
        const running = await start('api');
        const { env } = await seen(running.port);
        expect(env).toMatchObject({ SETTINGS: join(folder, 'settings.json'), OTHER: '/etc/hosts' });
        const { output } = await runtime.exec(running, ['cat', '/run/secrets/token'], AbortSignal.timeout(10_000));
        expect(output).toBe('s3cret');
      },
      { definition: { secrets } },
    );
  });
});

describe('a service without a command for the host', () => {
  const built = { name: 'api', kind: 'http', ports: [8080] } as const;
  const build = () => ({ context: folder, args: {} });

  it('runs the start script of its build context without npm or a shell in between', async () => {
    await writeFile(join(folder, 'package.json'), '{"scripts": {"start": "GREETING=hello node server.cjs --flag"}}');
    await writeFile(join(folder, 'server.cjs'), mirror);
    await withEmbeddedRuntime([{ ...built, build: build() }], async ({ start, owner }) => {
      const { port, id } = await start('api');
      const { env, args, cwd } = await seen(port);
      expect({ greeting: env['GREETING'], args, cwd }).toEqual({ greeting: 'hello', args: ['--flag'], cwd: folder });
      expect(processesOf(owner.instance, '/nowhere')).toEqual([Number(id.slice('pid:'.length))]);
    });
  });

  it('runs a start script that takes a shell, and leaves nothing of it', async () => {
    await writeFile(join(folder, 'package.json'), '{"scripts": {"start": "echo first && serve"}}');
    await mkdir(join(folder, 'node_modules', '.bin'), { recursive: true });
    const bin = join(folder, 'node_modules', '.bin', 'serve');
    await writeFile(bin, `#!${process.execPath}\n${mirror}`, { mode: 0o755 });
    await withEmbeddedRuntime([{ ...built, build: build() }], async ({ start, printed }) => {
      const running = await start('api');
      await seen(running.port);
      expect(await printed(running)).toBe(`first\nlistening on ${running.port}\n`);
    });
  });

  it('runs its own command in the build context, with its own port in place of the one in the command', async () => {
    await writeFile(join(folder, 'other.cjs'), mirror);
    const service = { ...built, build: build(), command: ['node', 'other.cjs', '--port', '8080'] };
    await withEmbeddedRuntime([service], async ({ start }) => {
      const { port } = await start('api');
      expect((await seen(port)).args).toEqual(['--port', String(port)]);
    });
  });

  it('runs in the folder that is mounted as the working folder of a Node image', async () => {
    await mkdir(join(folder, 'app'));
    await writeFile(join(folder, 'app', 'server.cjs'), mirror);
    const service = {
      ...built,
      image: 'node:20-slim',
      command: ['node', '/src/app/server.cjs'],
      container: { workingDir: '/src/app' },
      mounts: [{ type: 'bind', source: folder, target: '/src', readOnly: false, createHostPath: true }],
    } as const;
    await withEmbeddedRuntime([service], async ({ start }) => {
      expect((await seen((await start('api')).port)).cwd).toBe(join(folder, 'app'));
    });
  });

  it('has no embedded form when its image is all there is of it', async () => {
    const services = [
      { name: 'web', kind: 'http', image: 'nginx:1.27', ports: [80] },
      { name: 'queue', kind: 'tcp', image: 'rabbitmq:3', ports: [5672] },
    ] as const;
    await expect(withEmbeddedRuntime(services, async () => {})).rejects.toMatchObject({
      code: 'NO_RUNTIME',
      message: expect.stringMatching(/'web' \(nginx:1\.27 .*'queue' \(rabbitmq:3 /),
      hint: expect.stringContaining('x-portside'),
    });
  });
});

describe('the life of a host program', () => {
  it('is reported with its exit code, and its output stays readable', async () => {
    const service = nodeProgram('migrate', "console.log('one\\ntwo'); console.error('bad'); process.exitCode = 3");
    await withEmbeddedRuntime([service], async ({ start, runtime, events, printed }) => {
      const running = await start('migrate');
      expect(running.ports).toEqual([]);
      expect(await runtime.exit(running, AbortSignal.timeout(10_000))).toEqual({ exitCode: 3, oomKilled: false });
      expect(events).toMatchObject([{ type: 'exited', exit: { exitCode: 3 } }]);
      expect((await printed(running)).trim().split('\n').sort()).toEqual(['bad', 'one', 'two']);
    });
  });

  it('follows its output until the signal aborts', async () => {
    const service = nodeProgram('ticker', "let n = 0; setInterval(() => console.log('tick', ++n), 5)");
    await withEmbeddedRuntime([service], async ({ start, runtime }) => {
      const running = await start('ticker');
      const controller = new AbortController();
      const lines: string[] = [];
      for await (const line of runtime.logs(running, { follow: true, signal: controller.signal })) {
        expect(line).toMatchObject({ service: 'ticker', replica: 1, stream: 'stdout' });
        lines.push(line.text);
        if (lines.length === 20) controller.abort();
      }
      expect(lines.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => `tick ${index + 1}`));
      const tail: string[] = [];
      for await (const { text } of runtime.logs(running, { tail: 2 })) tail.push(text);
      expect(tail).toHaveLength(2);
    });
  });

  it('ends with all its children, also those that would stay', async () => {
    const grandchild = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
    const script = `
      require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { detached: true });
      process.on('SIGTERM', () => {});
      ${mirror}`;
    const service = nodeProgram('stubborn', script, { ports: [8080], stopGracePeriodMs: 50 });
    // What is left is found by the helper, which then fails.
    await withEmbeddedRuntime([service], async ({ start }) => void (await start('stubborn')));
  });

  it('may end by itself when it is asked to', async () => {
    const script = `process.on('SIGINT', () => { console.log('bye'); process.exit(0); }); ${mirror}`;
    const service = nodeProgram('polite', script, { ports: [8080], stopSignal: 'SIGINT', stopGracePeriodMs: 10_000 });
    await withEmbeddedRuntime([service], async ({ start, runtime }) => {
      const running = await start('polite');
      const exit = runtime.exit(running, AbortSignal.timeout(10_000));
      await runtime.remove(running);
      expect(await exit).toEqual({ exitCode: 0, oomKilled: false });
    });
  });

  it('is told in its output when it listens elsewhere than on its port', async () => {
    const script =
      "require('node:http').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })";
    await withEmbeddedRuntime([nodeProgram('fixed', script, { ports: [8080] })], async ({ start, printed }) => {
      const running = await start('fixed');
      const [port, note] = (await printed(running)).split('\n');
      expect(note).toBe(`portside: this program listens on ${port}, not on ${running.port}: it must read PORT.`);
    });
  });

  it('is an error when there is no such program', async () => {
    const service = { name: 'api', embedded: { command: ['no-such-program'], cwd: folder } };
    await withEmbeddedRuntime([service], async ({ start }) => {
      await expect(start('api')).rejects.toMatchObject({
        code: 'SERVICE_START_FAILED',
        service: 'api',
        message: expect.stringContaining('no-such-program'),
      });
    });
  });

  it('is over when the start is given up, and when the runtime is stopped in the middle of it', async () => {
    const silent = nodeProgram('silent', 'setInterval(() => {}, 1000)', { ports: [8080] });
    await withEmbeddedRuntime([silent, { ...silent, name: 'other' }], async ({ start, runtime }) => {
      const reason = new Error('given up');
      const controller = new AbortController();
      const first = start('silent', { signal: controller.signal });
      controller.abort(reason);
      await expect(first).rejects.toBe(reason);
      const second = start('other');
      const stopped = runtime.stop();
      await expect(second).rejects.toMatchObject({ code: 'ENVIRONMENT_STOPPED' });
      await stopped;
      await expect(start('other')).rejects.toMatchObject({ code: 'ENVIRONMENT_STOPPED' });
    });
  });

  it('runs commands in its name with its environment, folder and port', async () => {
    const service = nodeProgram('api', mirror, { ports: [8080], environment: { GREETING: 'hello' } });
    await withEmbeddedRuntime([service], async ({ start, runtime }) => {
      const running = await start('api');
      const signal = AbortSignal.timeout(10_000);
      const check = ['node', '-e', "fetch('http://127.0.0.1:8080').then((r) => process.exit(r.ok ? 0 : 1))"];
      expect(await runtime.exec(running, check, signal)).toEqual({ exitCode: 0, output: '' });
      const shell = ['/bin/sh', '-c', 'echo $GREETING $PORT; exit 4'];
      expect(await runtime.exec(running, shell, signal)).toEqual({ exitCode: 4, output: `hello ${running.port}\n` });
      expect(await runtime.exec(running, ['no-such-program'], signal)).toMatchObject({ exitCode: 127 });
      const controller = new AbortController();
      const hanging = runtime.exec(running, ['sleep', '1000'], controller.signal);
      setImmediate(() => controller.abort(new Error('enough')));
      await expect(hanging).rejects.toThrow('enough');
    });
  });
});
