import { createServer, type Server } from 'node:net';
import { Redis } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { probe } from '../../src/health/index.js';
import { withEmbeddedRuntime } from '../support/embedded-runtime.js';

const occupants: Server[] = [];
afterEach(() => {
  for (const server of occupants.splice(0)) server.close();
});

const redis = { name: 'cache', kind: 'redis', image: 'redis:7-alpine', ports: [6379] } as const;

/** Runs the body with a client, and ends that whatever happens. */
async function withClient(port: number, password: string | undefined, body: (client: Redis) => Promise<void>) {
  const client = new Redis({ port, host: '127.0.0.1', ...(password === undefined ? {} : { password }) });
  try {
    await body(client);
  } finally {
    client.disconnect();
  }
}

it('runs a real Redis on loopback on a port below the ephemeral range, and says its version', async () => {
  await withEmbeddedRuntime([redis], async ({ start }) => {
    const running = await start('cache');
    expect(running.ports).toEqual([{ target: 6379, protocol: 'tcp', host: '127.0.0.1', port: running.port }]);
    expect(running.port).toBeLessThan(32_768);
    expect(running.version).toMatch(/^\d+\.\d+\.\d+$/);
    await withClient(running.port, undefined, async (client) => {
      expect(await client.set('a', '1')).toBe('OK');
      expect(await client.config('GET', 'bind')).toEqual(['bind', '127.0.0.1']);
      expect(await client.config('GET', 'save')).toEqual(['save', '']);
    });
  });
});

it('honours the arguments of the command and keeps its own port', async () => {
  const command = [
    'redis-server',
    '--port',
    '6380',
    '--requirepass',
    'geheim',
    '--maxmemory',
    '32mb',
    '--save',
    '60 1',
  ];
  const service = { ...redis, command, ports: [6380], credentials: { password: 'geheim' } };
  await withEmbeddedRuntime([service], async ({ start }) => {
    const { port } = await start('cache');
    await withClient(port, 'geheim', async (client) => {
      expect(await client.config('GET', 'maxmemory')).toEqual(['maxmemory', String(32 * 1024 * 1024)]);
      expect(await client.config('GET', 'save')).toEqual(['save', '60 1']);
    });
    const target = { host: '127.0.0.1', portOf: () => port };
    const condition = { type: 'redis', port: 6380 } as const;
    const signal = AbortSignal.timeout(10_000);
    expect(await probe(condition, { ...target, credentials: { password: 'geheim' } }, signal)).toEqual({ ok: true });
    expect(await probe(condition, target, signal)).toEqual({ ok: true });
    expect(await probe(condition, { ...target, credentials: { password: 'wrong' } }, signal)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('password rejected: WRONGPASS'),
    });
  });
});

it('reads a configuration file that is mounted, through a shell line', async () => {
  const service = {
    ...redis,
    command: ['sh', '-c', 'exec redis-server /etc/redis/redis.conf --maxclients $CLIENTS'],
    environment: { CLIENTS: '55' },
    configs: [{ source: 'conf', target: '/etc/redis/redis.conf' }],
  };
  const configs = { conf: { type: 'content', content: 'appendonly yes\nport 6379\nbind 0.0.0.0\n' } } as const;
  await withEmbeddedRuntime(
    [service],
    async ({ start }) => {
      const { port } = await start('cache');
      await withClient(port, undefined, async (client) => {
        expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
        expect(await client.config('GET', 'maxclients')).toEqual(['maxclients', '55']);
        expect(await client.config('GET', 'bind')).toEqual(['bind', '127.0.0.1']);
      });
    },
    { definition: { configs } },
  );
});

it('starts again on another port when its port turns out to be taken', async () => {
  const occupied: number[] = [];
  const onProgress = (line: string) => {
    const port = Number(/ on port (\d+)$/.exec(line)?.[1]);
    if (occupied.length === 2) return;
    occupied.push(port);
    // Without a host the bind is done before this returns: ahead of the server's own.
    occupants.push(createServer().listen(port));
  };
  await withEmbeddedRuntime(
    [redis],
    async ({ start, progress }) => {
      const { port } = await start('cache');
      expect(progress).toHaveLength(3);
      expect(occupied).not.toContain(port);
      await withClient(port, undefined, async (client) => expect(await client.ping()).toBe('PONG'));
    },
    { onProgress },
  );
});

it('gives up with PORT_UNAVAILABLE when port after port is taken', async () => {
  const onProgress = (line: string) => {
    occupants.push(createServer().listen(Number(/ on port (\d+)$/.exec(line)?.[1])));
  };
  await withEmbeddedRuntime(
    [redis],
    async ({ start, progress }) => {
      await expect(start('cache')).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE', service: 'cache' });
      expect(progress).toHaveLength(6);
    },
    { onProgress },
  );
});

it('reports the exit of a server that was killed from outside, and none of one that it ends itself', async () => {
  await withEmbeddedRuntime([redis, { ...redis, name: 'other' }], async ({ start, runtime, events }) => {
    const cache = await start('cache');
    const other = await start('other');
    const exit = runtime.exit(cache, AbortSignal.timeout(10_000));
    process.kill(Number(cache.id.slice('pid:'.length)), 'SIGKILL');
    expect(await exit).toEqual({ exitCode: 137, signal: 'SIGKILL', oomKilled: false });
    await runtime.remove(other);
    expect(events).toEqual([{ type: 'exited', running: expect.objectContaining({ id: cache.id }), exit: await exit }]);
  });
});

it('can be started again after it was removed, with nothing of before', async () => {
  await withEmbeddedRuntime([redis], async ({ start, runtime }) => {
    const first = await start('cache');
    await withClient(first.port, undefined, async (client) => void (await client.set('a', '1')));
    await runtime.remove(first);
    await runtime.remove(first);
    await expect(runtime.exit(first, AbortSignal.timeout(10_000))).rejects.toMatchObject({
      code: 'ENVIRONMENT_STOPPED',
    });
    const second = await start('cache');
    await withClient(second.port, undefined, async (client) => expect(await client.dbsize()).toBe(0));
  });
});
