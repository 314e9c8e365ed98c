import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunningService } from '../../src/runtime/index.js';
import { describeWithDocker } from '../support/docker.js';
import { type TestRuntime, type TestService, withDockerRuntime, withEngine } from '../support/docker-runtime.js';
import { queryWhenReady } from '../support/query.js';

const data = '/var/lib/postgresql/data';

const database = (more: Partial<TestService> = {}): TestService => ({
  name: 'db',
  kind: 'postgres',
  image: 'postgres:16-alpine',
  environment: { POSTGRES_PASSWORD: 'secret' },
  ports: [5432],
  ...more,
});
const show = async ({ ports }: RunningService, setting: string) => {
  const target = { port: ports[0]?.port ?? 0, user: 'postgres', password: 'secret', database: 'postgres' };
  return (await queryWhenReady(target, `SHOW ${setting}`))[0]?.[0];
};
const fileSystem = async ({ runtime }: TestRuntime, running: RunningService, folder = data) =>
  (await runtime.exec(running, ['stat', '-f', '-c', '%T', folder], AbortSignal.timeout(20_000))).output.trim();

describeWithDocker('the data of a Postgres on Docker', () => {
  it('lies in memory in place of the named volume, and the service itself has the last word on its settings', async () => {
    const service = database({
      command: ['postgres', '-c', 'max_connections=33', '-c', 'work_mem=5MB'],
      mounts: [{ type: 'volume', source: 'data', target: data, readOnly: false }],
    });
    await withDockerRuntime(
      [service],
      async (test) => {
        const running = await test.start('db');
        expect(await show(running, 'fsync')).toBe('off');
        expect(await show(running, 'full_page_writes')).toBe('off');
        expect(await show(running, 'synchronous_commit')).toBe('off');
        expect(await show(running, 'max_connections')).toBe('33');
        expect(await show(running, 'work_mem')).toBe('5MB');
        expect(await fileSystem(test, running)).toBe('tmpfs');
      },
      { volumes: { data: { external: false } } },
    );
  });

  it('takes a thousand connections where nothing else is said', async () => {
    await withDockerRuntime([database()], async (test) => {
      const running = await test.start('db');
      expect(await show(running, 'max_connections')).toBe('1000');
      expect(await fileSystem(test, running)).toBe('tmpfs');
    });
  });

  it('stays where it is, written as safely as ever, when the service is durable', async () => {
    await withDockerRuntime([database({ lease: { durable: true } })], async (test) => {
      const running = await test.start('db');
      expect(await show(running, 'fsync')).toBe('on');
      expect(await fileSystem(test, running)).not.toBe('tmpfs');
    });
  });

  it('stays in a folder of the host', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portside-data-'));
    const mounts = [{ type: 'bind', source: folder, target: data, readOnly: false, createHostPath: true }] as const;
    await withDockerRuntime([database({ mounts })], async (test) => {
      const running = await test.start('db');
      expect(await show(running, 'fsync')).toBe('on');
      expect(await fileSystem(test, running)).not.toBe('tmpfs');
    });
    await rm(folder, { recursive: true });
  });

  it('is that of the image when the image brings some', async () => {
    const tag = `portside-test/brings-data:${process.pid}`;
    await withDockerRuntime(
      [database({ environment: { POSTGRES_PASSWORD: 'secret', PGDATA: '/baked' } })],
      async (test) => {
        const running = await test.start('db');
        await show(running, 'fsync');
        await withEngine(async (client) => {
          const container = client.getContainer(running.id);
          await container.stop();
          const changes = 'VOLUME /baked\nENV PGDATA=/baked\nLABEL test.baked=yes';
          await container.commit({ repo: tag.split(':')[0], tag: tag.split(':')[1], changes });
        });
      },
    );
    try {
      // No password is given: the server could not initialise itself.
      await withDockerRuntime([database({ image: tag, environment: { POSTGRES_PASSWORD: '' } })], async (test) => {
        const running = await test.start('db');
        expect(await show(running, 'fsync')).toBe('on');
      });
    } finally {
      await withEngine((client) => client.getImage(tag).remove());
    }
  });
});
