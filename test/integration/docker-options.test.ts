import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EnvironmentDefinition } from '../../src/model/index.js';
import { describeWithDocker } from '../support/docker.js';
import { answering, type TestService, withDockerRuntime, withEngine } from '../support/docker-runtime.js';
import { readAll } from '../support/tcp.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portside-mounts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a shell script as a service to its end and gives what it printed. */
async function run(
  script: string,
  service: Partial<TestService> = {},
  definition: Partial<EnvironmentDefinition> = {},
): Promise<string[]> {
  const lines: string[] = [];
  const job = { name: 'job', image: 'node:20-slim', command: ['sh', '-c', script], ...service };
  await withDockerRuntime(
    [job],
    async (test) => {
      const running = await test.start('job');
      await test.runtime.exit(running, AbortSignal.timeout(20_000));
      for await (const { text } of test.runtime.logs(running, {})) lines.push(text);
    },
    definition,
  );
  return lines;
}

describeWithDocker('a container', () => {
  it('gets secrets and configs as files with owner and mode', async () => {
    await writeFile(join(folder, 'token.txt'), 'from a file');
    const lines = await run(
      'cat /run/secrets/token /etc/app/settings.json; stat -c "%a %u %g" /run/secrets/token /etc/app/settings.json',
      {
        secrets: [{ source: 'token', target: '/run/secrets/token', uid: '103', gid: '104', mode: 0o440 }],
        configs: [{ source: 'settings', target: '/etc/app/settings.json' }],
      },
      {
        secrets: { token: { type: 'file', path: join(folder, 'token.txt') } },
        configs: { settings: { type: 'content', content: '{"a":1}\n' } },
      },
    );
    expect(lines).toEqual(['from a file{"a":1}', '440 103 104', '444 0 0']);
  });

  it('gets secrets also when its file system is read-only', async () => {
    const lines = await run(
      'cat /run/secrets/token; stat -c "%a" /run/secrets/token; touch /x 2>&1 | tail -c 22',
      {
        secrets: [{ source: 'token', target: '/run/secrets/token', mode: 0o400 }],
        container: { readOnly: true },
      },
      { secrets: { token: { type: 'content', content: 'quiet\n' } } },
    );
    expect(lines).toEqual(['quiet', '400', 'Read-only file system']);
  });

  it('shares a named volume with others, and has an anonymous one of its own', async () => {
    const mounts = [
      { type: 'volume', source: 'data', target: '/data', readOnly: false },
      { type: 'volume', target: '/own', readOnly: false },
    ] as const;
    const writer = {
      name: 'writer',
      image: 'node:20-slim',
      command: ['sh', '-c', 'echo shared > /data/f; echo own > /own/f'],
      mounts,
    };
    const reader = { ...writer, name: 'reader', command: ['sh', '-c', 'cat /data/f; ls /own'] };
    await withDockerRuntime([writer, reader], async (test) => {
      await test.runtime.exit(await test.start('writer'), AbortSignal.timeout(20_000));
      const running = await test.start('reader');
      await test.runtime.exit(running, AbortSignal.timeout(20_000));
      const lines: string[] = [];
      for await (const { text } of test.runtime.logs(running, {})) lines.push(text);
      expect(lines).toEqual(['shared']);
      const volumes = (await test.inventory()).filter((name) => name.startsWith('volume'));
      expect(volumes).toContain(`volume porttest_data-${test.owner.instance}`);
      expect(volumes).toHaveLength(3);
    });
  });

  it('mounts host folders, read-only where asked, and makes missing ones where asked', async () => {
    await writeFile(join(folder, 'given.txt'), 'given\n');
    const lines = await run('cat /in/given.txt; touch /in/x 2>&1 | tail -c 22; echo made > /out/made.txt', {
      mounts: [
        { type: 'bind', source: folder, target: '/in', readOnly: true, createHostPath: false },
        { type: 'bind', source: join(folder, 'new/folder'), target: '/out', readOnly: false, createHostPath: true },
      ],
    });
    expect(lines).toEqual(['given', 'Read-only file system']);
    expect(await readFile(join(folder, 'new/folder/made.txt'), 'utf8')).toBe('made\n');
  });

  it('gets memory-backed folders with size and mode, or with options as written', async () => {
    const lines = await run('df -k /a /b | tail -n 2 | awk \'{print $1, $2}\'; stat -c "%a" /a; stat -c "%u" /b', {
      mounts: [
        { type: 'tmpfs', target: '/a', readOnly: false, sizeBytes: 2 ** 20, mode: 0o1770 },
        { type: 'tmpfs', target: '/b', readOnly: false, options: 'size=2m,uid=1000' },
      ],
    });
    expect(lines).toEqual(['tmpfs 1024', 'tmpfs 2048', '1770', '1000']);
  });

  it('gets user, folder, host name, limits, kernel settings, names and rights', async () => {
    const lines = await run(
      "id -u; id -G; pwd; hostname; ulimit -n; cat /proc/sys/net/core/somaxconn; df -k /dev/shm | tail -n 1 | awk '{print $2}'; getent hosts backend | awk '{print $1}'; cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes; cat /proc/1/comm; grep CapEff /proc/1/status | awk '{print $2}'",
      {
        container: {
          user: '1234:1234',
          groupAdd: ['4321'],
          workingDir: '/usr',
          hostname: 'named',
          ulimits: { nofile: { soft: 1000, hard: 2000 } },
          sysctls: { 'net.core.somaxconn': '300' },
          shmSizeBytes: 2 ** 21,
          extraHosts: ['backend:10.9.8.7'],
          memoryBytes: 64 * 2 ** 20,
          cpus: 0.5,
          init: true,
          capDrop: ['ALL'],
        },
      },
    );
    expect(lines.slice(0, 9)).toEqual([
      '1234',
      '1234 4321',
      '/usr',
      'named',
      '1000',
      '300',
      '2048',
      '10.9.8.7',
      String(64 * 2 ** 20),
    ]);
    expect(lines[9]).toMatch(/init/);
    expect(lines[10]).toBe('0000000000000000');
  });

  it('tells an empty entry point and an empty command from absent ones', async () => {
    expect(await run('', { entrypoint: ['echo'], command: ['a', 'b'] })).toEqual(['a b']);
    expect(await run('', { entrypoint: [], command: ['echo', 'no entry point'] })).toEqual(['no entry point']);
    await withDockerRuntime([{ name: 'job', image: 'node:20-slim', entrypoint: [] }], async (test) => {
      await expect(test.start('job')).rejects.toMatchObject({
        code: 'SERVICE_START_FAILED',
        hint: expect.stringContaining('command'),
      });
    });
  });

  it('runs its post_start commands before its start is over', async () => {
    const hook = { command: ['sh', '-c', 'echo "$WHO" > /hooked'], environment: { WHO: 'me' }, user: 'root' };
    await withDockerRuntime([answering('api', { container: { postStart: [hook] } })], async (test) => {
      const running = await test.start('api');
      const result = await test.runtime.exec(running, ['cat', '/hooked'], AbortSignal.timeout(20_000));
      expect(result.output).toBe('me\n');
    });
  });

  it('shares the network of another service, whose container publishes its ports', async () => {
    const guestScript = "require('net').createServer(s => s.end('guest')).listen(7001)";
    const guest = answering('guest', {
      command: ['node', '-e', guestScript],
      ports: [7001],
      container: { networkMode: 'service:host' },
    });
    await withDockerRuntime([answering('host'), guest], async (test) => {
      await expect(test.start('guest')).rejects.toMatchObject({
        code: 'SERVICE_START_FAILED',
        hint: expect.stringContaining('depends_on'),
      });
      const host = await test.start('host');
      expect(host.ports).toHaveLength(1);
      const running = await test.start('guest');
      expect(await readAll('127.0.0.1', running.ports[0]?.port ?? 0)).toBe('guest');
    });
  });

  it('H149 may share the network of the machine, with its own ports there', async () => {
    const service = answering('api', {
      command: ['node', '-e', "require('net').createServer(s => s.end('on the host')).listen(17654, '127.0.0.1')"],
      ports: [17654],
      container: { networkMode: 'host' },
    });
    await withDockerRuntime([service], async (test) => {
      const running = await test.start('api');
      expect(running.ports[0]).toMatchObject({ host: '127.0.0.1', port: 17654 });
      expect(await readAll('127.0.0.1', 17654)).toBe('on the host');
    });
  });

  it('takes the volumes of another service', async () => {
    const mounts = [{ type: 'volume', target: '/own', readOnly: false }] as const;
    const owner = {
      name: 'owner',
      image: 'node:20-slim',
      command: ['sh', '-c', 'echo mine > /own/f; sleep 100'],
      mounts,
    };
    const taker = {
      name: 'taker',
      image: 'node:20-slim',
      command: ['sh', '-c', 'until cat /own/f; do sleep 0.05; done 2>/dev/null; touch /own/g 2>&1 | tail -c 22'],
      container: { volumesFrom: ['owner:ro'] },
    };
    await withDockerRuntime([owner, taker], async (test) => {
      await test.start('owner');
      const running = await test.start('taker');
      await test.runtime.exit(running, AbortSignal.timeout(20_000));
      const lines: string[] = [];
      for await (const { text } of test.runtime.logs(running, {})) lines.push(text);
      expect(lines).toEqual(['mine', 'Read-only file system']);
    });
  });

  it('leaves no anonymous volume of its image behind', async () => {
    let name = '';
    await withDockerRuntime([{ name: 'cache', image: 'redis:7-alpine', ports: [6379] }], async (test) => {
      const { id } = await test.start('cache');
      const { Mounts } = await withEngine((client) => client.getContainer(id).inspect());
      name = Mounts[0]?.Name ?? '';
      expect(name).toMatch(/^[0-9a-f]{64}$/);
    });
    await expect(withEngine((client) => client.getVolume(name).inspect())).rejects.toMatchObject({ statusCode: 404 });
  });
});
