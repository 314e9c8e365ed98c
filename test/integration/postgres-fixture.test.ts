import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { lazySlices } from '../../src/runners/shared/slices.js';
import { testEnvironment } from '../../src/runners/shared/test-environment.js';
import { library } from '../support/library.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const stack = join(repository, 'compose/stack.yaml');

test('a statement that never ends keeps neither a reset nor the end of its scope waiting', async () => {
  const state = mkdtempSync(join(tmpdir(), 'ps-fixture-'));
  onTestFinished(() => rmSync(state, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  const { openEnvironment } = await library();
  const environment = { ...process.env, PORTSIDE_STATE_DIR: state };
  await using handle = await openEnvironment({
    source: { cwd: state, files: [stack], environment, settings: { runtime: 'embedded' } },
    client: 'test',
  });
  const own = testEnvironment({
    handle: handle as never,
    folders: [repository],
    slices: lazySlices(() => handle.fork({ services: [] }) as never),
  });
  const postgres = await own.environment.postgres();
  const { rows } = await postgres.query<{ name: string }>('SELECT current_database() AS name');

  const ended = () => postgres.query('SELECT pg_sleep(600)').catch((error: unknown) => error);
  const first = ended();
  await postgres.query('CREATE TABLE mine ()');
  await postgres.reset();
  expect(await first).toMatchObject({ code: '57P01' });
  expect((await postgres.query("SELECT to_regclass('mine') AS mine")).rows).toEqual([{ mine: null }]);

  const second = ended();
  await own.close();
  expect(await second).toBeInstanceOf(Error);
  const shared = await handle.discover('postgres-primary' as never);
  const { default: pg } = await import('pg');
  const admin = new pg.Client({ connectionString: (shared as { url: string }).url });
  await admin.connect();
  onTestFinished(() => admin.end().catch(() => undefined));
  const left = async () =>
    (await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [rows[0]?.name])).rows.length;
  await expect.poll(left, { timeout: 10_000 }).toBe(0);
  await admin.end();
});
