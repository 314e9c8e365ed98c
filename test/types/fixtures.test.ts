import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateTypes } from '../../src/environment/types-file.js';

// Against the built package, as a project of somebody else's with the declarations that every start writes.
const root = resolve(import.meta.dirname, '../..');
const compiler = join(root, 'node_modules/typescript/bin/tsc');

const declared = generateTypes([
  { name: 'postgres-primary', kind: 'postgres' },
  { name: 'cache', kind: 'redis' },
  { name: 'orders', kind: 'http' },
]);

/** What has to compile in the tests of each runner that has fixtures: no annotation, and every mistake is one. */
const withFixtures = (runner: string): string => `
import { createTest, test } from 'portside/${runner}';

test('what every test has', async ({ env, postgres, redis, api }) => {
  const { rows } = await postgres.query<{ n: number }>('SELECT 1 AS n');
  const numbers: number[] = rows.map((row) => row.n);
  await (await redis.client()).incrby('key', numbers.length);
  const response = await api.fetch('/orders');
  const user: string = (await env.postgres('postgres-primary')).user + response.status;
  await (await env.service('cache')).client();
  const lease = await env.lease('postgres-primary', { isolation: { 'postgres-primary': 'server' } });
  const database: string = lease.endpoint.database + user;
  // @ts-expect-error: a Redis method on a Postgres fixture
  await postgres.incrby('key', database.length);
  // @ts-expect-error: a Postgres method on a Redis fixture
  await redis.query('SELECT 1');
  // @ts-expect-error: a Redis method on a client of Postgres
  await (await postgres.client()).incrby('key', 1);
  // @ts-expect-error: a service of another kind
  await env.postgres('cache');
  // @ts-expect-error: a misspelt service
  await env.redis('cahce');
  // @ts-expect-error: a misspelt service
  await env.fork({ services: ['postgres-primry'] });
});

createTest({ services: { db: 'postgres-primary', sessions: 'cache', shop: 'orders' }, scope: 'test' })(
  'what a test names itself',
  async ({ db, sessions, shop, postgres }) => {
    await db.snapshot('empty');
    const rows: string[] = (await postgres.query<{ item: string }>('SELECT 1')).rows.map(({ item }) => item);
    await (await sessions.client()).set('key', rows.length);
    await shop.fetch('/', { method: 'POST' });
    // @ts-expect-error: a Redis has no snapshots
    await sessions.snapshot('empty');
    // @ts-expect-error: no such fixture
    await db.other;
  },
);

// @ts-expect-error: a misspelt service
createTest({ services: { db: 'postgres-primry' } });
// @ts-expect-error: no such scope
createTest({ scope: 'suite' });
// @ts-expect-error: no such fixture
createTest({ services: { db: 'postgres-primary' } })('a fixture that was not named', async ({ database }) => database);
`;

const nodeTest = `
import { createTest, getEnvironment } from 'portside/node-test';

createTest({ services: { db: 'postgres-primary', cache: 'cache' } })('named', async ({ env, db, cache }, t) => {
  t.diagnostic((await db.query<{ item: string }>('SELECT 1')).rows.map(({ item }) => item).join());
  await (await cache.client()).incr('key');
  const { user }: { user: string } = await env.discover('postgres-primary');
  // @ts-expect-error: a Postgres method on a Redis fixture
  await cache.query(user);
});
// @ts-expect-error: a misspelt service
createTest({ services: { db: 'postgres-primry' } });
// @ts-expect-error: a misspelt service
await (await getEnvironment()).redis('cahce');
`;

describe('the types of fixtures', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portside-fixtures-'));
    const compilerOptions = { strict: true, noEmit: true, module: 'nodenext', target: 'es2023', skipLibCheck: true };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: { ...compilerOptions, types: ['node'], lib: ['es2023', 'esnext.disposable'] },
      }),
    );
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
    symlinkSync(root, join(folder, 'node_modules/portside'), 'junction');
    symlinkSync(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'), 'junction');
    writeFileSync(join(folder, 'portside-env.d.ts'), declared);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('follow from the environment in each runner, and refuse every mistake', async () => {
    writeFileSync(join(folder, 'vitest.test.ts'), withFixtures('vitest'));
    writeFileSync(join(folder, 'playwright.test.ts'), withFixtures('playwright'));
    writeFileSync(join(folder, 'node.test.ts'), nodeTest);
    const output = await promisify(execFile)(process.execPath, [compiler, '-p', folder]).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );
    expect(output).toBe('');
  });
});
