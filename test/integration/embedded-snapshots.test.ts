import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveOf, findSnapshot, removeSnapshotFolder } from '../../src/runtime/embedded/postgres/snapshot-folders.js';
import { type EmbeddedService, type EmbeddedTest, withEmbeddedRuntime } from '../support/embedded-runtime.js';
import { queryWhenReady } from '../support/query.js';

describe('snapshots without Docker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portside-snapshots-'));
  const stateFolder = join(folder, 'state');
  const script = join(folder, '010_orders.sql');

  beforeAll(() => writeFileSync(script, 'CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (2);'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const database = (password: string, more: Partial<EmbeddedService> = {}): EmbeddedService => ({
    name: 'db',
    kind: 'postgres',
    image: 'postgres:16-alpine',
    environment: { POSTGRES_PASSWORD: password, POSTGRES_DB: 'shop' },
    credentials: { user: 'postgres', password, database: 'shop', passwordGenerated: true },
    ports: [5432],
    mounts: [
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
    service: EmbeddedService,
    body: (test: EmbeddedTest, port: number) => Promise<void>,
    { mode, now = Date.now }: { mode: 'use' | 'make'; now?: () => number } = { mode: 'use' },
  ) =>
    withEmbeddedRuntime([service], async (test) => body(test, (await test.start('db')).port), {
      stateFolder,
      snapshots: { mode, now },
    });
  const rows = (port: number, password: string, sql: string) =>
    queryWhenReady({ port, user: 'postgres', password, database: 'shop' }, sql);
  const keyOf = async (service: EmbeddedService, now = Date.now): Promise<string> => {
    let key = '';
    const look = async ({ runtime }: EmbeddedTest) => {
      key = [...runtime.unkept().keys()].join();
    };
    await run(service, look, { mode: 'use', now });
    return key;
  };
  const keep = (service: EmbeddedService) =>
    run(service, async ({ runtime }) => runtime.keep('db', AbortSignal.timeout(60_000)), { mode: 'make' });

  it('lets a server begin with the data that another one has made, with a password of its own', async () => {
    const key = await keyOf(database('first'));
    await keep(database('first'));
    expect(findSnapshot(stateFolder, key)).toMatchObject({ key, runtime: 'embedded', service: 'db' });
    // Whatever is in there is what later servers begin with.
    await run(database('second'), async ({ runtime }, port) => {
      expect([...runtime.unkept().keys()]).toEqual([]);
      expect(await rows(port, 'second', 'SELECT count(*)::int FROM orders')).toEqual([[2]]);
      await rows(port, 'second', 'DROP TABLE orders');
      await expect(rows(port, 'first', 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    });
    await run(database('third'), async (_, port) => {
      expect(await rows(port, 'third', 'SELECT count(*)::int FROM orders')).toEqual([[2]]);
    });
    const names = execFileSync('tar', ['-tf', archiveOf(stateFolder, key)], { encoding: 'utf8' }).split('\n');
    expect(names).toContain('./PG_VERSION');
    expect(names).not.toContain('./postmaster.pid');
  });

  it('makes the data anew when a day is over, when a script changes, and when the snapshot was removed', async () => {
    const key = await keyOf(database('a'), () => Date.now() + 25 * 60 * 60 * 1000);
    expect(findSnapshot(stateFolder, key)).toBeDefined();
    writeFileSync(script, 'CREATE TABLE orders (id int);');
    await run(database('a'), async (_, port) => {
      expect(await rows(port, 'a', 'SELECT count(*)::int FROM orders')).toEqual([[0]]);
    });
    const other = await keyOf(database('a'));
    expect(other).not.toBe(key);
    expect(removeSnapshotFolder(stateFolder, key)).toBe(true);
    expect(removeSnapshotFolder(stateFolder, key)).toBe(false);
  });

  it('keeps nothing of a durable server, and writes its data as safely as ever', async () => {
    await run(database('a', { lease: { durable: true } }), async ({ runtime }, port) => {
      expect([...runtime.unkept().keys()]).toEqual([]);
      expect(await rows(port, 'a', 'SHOW fsync')).toEqual([['on']]);
    });
    await run(database('a'), async (_, port) => {
      expect(await rows(port, 'a', 'SHOW fsync')).toEqual([['off']]);
      expect(await rows(port, 'a', 'SHOW max_connections')).toEqual([['1000']]);
    });
  });
});
