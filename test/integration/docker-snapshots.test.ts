import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Credentials } from '../../src/model/index.js';
import { listSnapshotImages, removeSnapshotImage } from '../../src/runtime/docker/snapshot-images.js';
import type { RunningService } from '../../src/runtime/index.js';
import { describeWithDocker } from '../support/docker.js';
import { type TestRuntime, type TestService, withDockerRuntime, withEngine } from '../support/docker-runtime.js';
import { queryWhenReady } from '../support/query.js';

describeWithDocker('snapshots on Docker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portside-snapshots-'));
  const script = join(folder, '010_orders.sql');
  const made = new Set<string>();
  // Nobody else's snapshot is ever that of this test.
  const setUp = (text: string) => writeFileSync(script, `-- ${folder}\n${text}`);

  beforeAll(() => setUp('CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (2);'));
  afterAll(async () => {
    await withEngine(async (client) => {
      for (const key of made) await removeSnapshotImage(client, key);
    });
    rmSync(folder, { recursive: true, force: true });
  });

  const database = (more: Partial<TestService> = {}): TestService => ({
    name: 'db',
    kind: 'postgres',
    image: 'postgres:16-alpine',
    environment: { POSTGRES_PASSWORD: 'secret', POSTGRES_DB: 'shop' },
    credentials: { user: 'postgres', password: 'secret', database: 'shop' },
    ports: [5432],
    mounts: [
      { type: 'volume', source: 'data', target: '/var/lib/postgresql/data', readOnly: false },
      {
        type: 'bind',
        source: script,
        target: '/docker-entrypoint-initdb.d/010_orders.sql',
        readOnly: true,
        createHostPath: false,
      },
    ],
    ...more,
  });
  const run = (
    service: TestService,
    body: (test: TestRuntime, running: RunningService) => Promise<void>,
    { mode, now = Date.now }: { mode?: 'use' | 'make'; now?: () => number } = { mode: 'use' },
  ) =>
    withDockerRuntime(
      [service],
      async (test) => body(test, await test.start('db')),
      { volumes: { data: { external: false } } },
      folder,
      process.env,
      mode === undefined ? undefined : { mode, now },
    );
  const rows = ({ ports, service }: RunningService, sql: string) => {
    const { user = '', password = '', database = '' } = service.definition.credentials ?? {};
    return queryWhenReady({ port: ports[0]?.port ?? 0, user, password, database }, sql);
  };
  /** Starts without a snapshot, and makes the one that was missing; gives its key. */
  const keep = async (service: TestService): Promise<string> => {
    let key = '';
    await run(service, async ({ runtime }) => {
      key = [...runtime.unkept().keys()].join();
    });
    made.add(key);
    const keepIt = async ({ runtime }: TestRuntime, running: RunningService) => {
      await rows(running, 'SELECT 1');
      await runtime.keep('db', AbortSignal.timeout(60_000));
    };
    await run(service, keepIt, { mode: 'make' });
    return key;
  };
  const archiveIn = async ({ runtime }: TestRuntime, running: RunningService) =>
    (await runtime.exec(running, ['ls', '/portside'], AbortSignal.timeout(20_000))).output.trim();

  it('lets a server begin with the data that another one has made, until an init script changes or a day is over', async () => {
    const key = await keep(database());
    const listed = await withEngine(listSnapshotImages);
    expect(listed.find((snapshot) => snapshot.key === key)).toMatchObject({
      runtime: 'docker',
      service: 'db',
      from: 'postgres:16-alpine',
      bytes: expect.any(Number),
    });
    const { Config } = await withEngine((client) => client.getImage(`portside-snapshot:${key}`).inspect());
    expect(Config.Labels).toMatchObject({ 'dev.portside.agent': '', 'dev.portside.instance': '' });
    await run(database(), async (test, running) => {
      expect(await rows(running, 'SELECT count(*)::int FROM orders')).toEqual([[2]]);
      expect([...test.runtime.unkept().keys()]).toEqual([]);
      expect(await archiveIn(test, running)).toBe('data.tar');
    });
    const tomorrow = () => Date.now() + 25 * 60 * 60 * 1000;
    await run(database(), async ({ runtime }) => expect([...runtime.unkept().keys()]).toEqual([key]), {
      mode: 'use',
      now: tomorrow,
    });
    setUp('CREATE TABLE orders (id int);');
    await run(database(), async ({ runtime }, running) => {
      expect(await rows(running, 'SELECT count(*)::int FROM orders')).toEqual([[0]]);
      expect([...runtime.unkept().keys()]).toEqual([expect.not.stringContaining(key)]);
    });
  });

  it('gives the kept data the password of this environment when each has one of its own', async () => {
    const generated = (password: string) =>
      database({
        environment: { POSTGRES_USER: 'shop-owner', POSTGRES_PASSWORD: password, POSTGRES_DB: 'shop' },
        credentials: { user: 'shop-owner', password, database: 'shop', passwordGenerated: true },
      });
    await keep(generated('first'));
    await run(generated('second'), async (test, running) => {
      expect(await archiveIn(test, running)).toBe('data.tar');
      expect(await rows(running, 'SELECT current_user')).toEqual([['shop-owner']]);
      const old = {
        ...running,
        service: planned(running, { user: 'shop-owner', password: 'first', database: 'shop' }),
      };
      await expect(rows(old, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    });
  });

  it.each([
    ['at once with a known image', database(), false],
    [
      'at once where the folder of its socket is made anew',
      database({
        mounts: [
          ...(database().mounts ?? []),
          { type: 'tmpfs', target: '/var/run/postgresql', readOnly: false, options: 'mode=0755' },
        ],
      }),
      false,
    ],
    [
      'by the entry point of an image that is not known',
      database({
        image: 'portside-test/own-postgres:1',
        environment: { ...database().environment, LANG: 'C.UTF-8' },
      }),
      true,
    ],
  ])('becomes the server %s', async (_, service, usesEntryPoint) => {
    const own = { repo: 'portside-test/own-postgres', tag: '1' };
    await withEngine((client) => client.getImage('postgres:16-alpine').tag(own));
    await keep(service);
    await run(service, async (test, running) => {
      expect(await rows(running, 'SELECT count(*)::int FROM orders')).toEqual([[0]]);
      expect(await archiveIn(test, running)).toBe('data.tar');
      const status = await test.runtime.exec(running, ['cat', '/proc/1/status'], AbortSignal.timeout(20_000));
      expect(status.output).toMatch(/^Name:\s+postgres$/m);
      expect(status.output).toMatch(/^Uid:\s+999\s+999\s/m);
      const lines: string[] = [];
      for await (const { text } of test.runtime.logs(running, { follow: false })) lines.push(text);
      expect(lines.some((line) => line.includes('Skipping initialization'))).toBe(usesEntryPoint);
    });
  });

  it('keeps nothing of a service whose start cannot be repeated', async () => {
    const borrowed = database({ advertise: { SELF: '{host}:{port}' } });
    await run(borrowed, async ({ runtime }) => expect([...runtime.unkept().keys()]).toEqual([]));
    await run(database(), async ({ runtime }) => expect([...runtime.unkept().keys()]).toEqual([]), {});
  });

  it('falls back on a fresh start when the snapshot is gone', async () => {
    const key = await keep(database({ environment: { ...database().environment, LANG: 'C' } }));
    await withDockerRuntime(
      [database({ environment: { ...database().environment, LANG: 'C' } })],
      async (test) => {
        await withEngine((client) => removeSnapshotImage(client, key));
        expect(await rows(await test.start('db'), 'SELECT 1')).toEqual([[1]]);
      },
      { volumes: { data: { external: false } } },
      folder,
      process.env,
      { mode: 'use', now: Date.now },
    );
  });
});

function planned({ service }: RunningService, credentials: Credentials): RunningService['service'] {
  return { ...service, definition: { ...service.definition, credentials } };
}
