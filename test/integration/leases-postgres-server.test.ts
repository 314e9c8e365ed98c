import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Isolator, postgresIsolator, postgresServerIsolator, type Slice } from '../../src/isolation/index.js';
import type { PostgresEndpoint } from '../../src/model/index.js';
import { describeWithDocker } from '../support/docker.js';
import { type IsolationTest, startIsolationHost } from '../support/isolation-host.js';
import { ownDatabase, postgresService, queryAs } from '../support/postgres-leases.js';

const signal = new AbortController().signal;

type ServerSlice = Slice & Required<Pick<Slice, 'snapshot' | 'restore'>> & { readonly endpoint: PostgresEndpoint };

function suite(runtime: 'docker' | 'embedded', image: string): void {
  let folder: string;
  let test: IsolationTest;
  let isolator: Isolator;
  const own = () => test.host.endpoint() as PostgresEndpoint;
  /** What the template is like from now on, as if a migration had run when the service became ready. */
  const migrate = async (sql: string) => {
    await queryAs(own(), sql);
    await queryAs(own(), "COMMENT ON DATABASE portside_template IS ''");
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portside-init-'));
    await chmod(folder, 0o755);
    await writeFile(join(folder, '1.sql'), `${ownDatabase}ALTER SYSTEM SET maintenance_work_mem = '3MB';\n`);
    const target = '/docker-entrypoint-initdb.d';
    const mount = { type: 'bind', source: folder, target, readOnly: true, createHostPath: false } as const;
    test = await startIsolationHost(runtime, postgresService({ image, mounts: [mount] }));
    isolator = postgresServerIsolator(test.host);
  });
  afterAll(async () => {
    await isolator?.close();
    await test?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('gives a server on which the suite is the superuser, with what init scripts made, and brings it back', async () => {
    const slice = (await isolator.create('server0001', {}, signal)) as ServerSlice;
    const { endpoint } = slice;
    expect(endpoint).toMatchObject({ name: 'db', user: 'app', password: 's3cret', database: 'orders' });
    expect([endpoint.port, slice.name]).not.toContain(own().port);
    const look = `SELECT current_setting('search_path') AS path, current_setting('my.app') AS app, current_setting('work_mem') AS mem, current_setting('maintenance_work_mem') AS more,
      (SELECT array_agg(price::int ORDER BY id) FROM item) AS prices, to_regclass('mine') IS NOT NULL AS mine`;
    const fresh = await queryAs(endpoint, look);
    expect(fresh).toEqual([
      { path: 'shop, public', app: "it's \\ set", mem: '4MB', more: '3MB', prices: [100, 200], mine: false },
    ]);
    await queryAs(endpoint, 'CREATE EXTENSION pageinspect; CREATE TABLE mine (id int); UPDATE item SET price = 1');
    await queryAs(endpoint, "CREATE ROLE extra LOGIN PASSWORD 'x'; GRANT SELECT ON item TO extra");
    await queryAs(endpoint, 'CREATE DATABASE extra OWNER extra');
    await queryAs(endpoint, "ALTER SYSTEM SET work_mem = '5MB'");
    await queryAs(endpoint, 'ALTER SYSTEM RESET maintenance_work_mem');
    await queryAs(endpoint, 'SELECT pg_reload_conf()');
    await slice.reset(signal);
    expect(await queryAs(endpoint, look)).toEqual(fresh);
    const others =
      "SELECT datname FROM pg_database WHERE datname = 'extra' UNION SELECT rolname FROM pg_roles WHERE rolname = 'extra'";
    expect(await queryAs(endpoint, others)).toEqual([]);
    await queryAs(endpoint, 'CREATE TABLE mine (id int); UPDATE item SET price = 1');
    await slice.snapshot('mine', signal);
    await slice.reset(signal);
    await slice.restore('mine', signal);
    expect(await queryAs(endpoint, look)).toEqual([{ ...fresh[0], mine: true, prices: [1, 1] }]);
    await slice.snapshot('mine', signal);
    await expect(slice.restore('other', signal)).rejects.toMatchObject({ code: 'LEASE_UNKNOWN' });
    expect(await queryAs(own(), 'SELECT price FROM item')).toEqual([{ price: 100 }, { price: 200 }]);
    await Promise.all([slice.remove(), slice.remove()]);
    await expect(queryAs(endpoint, 'SELECT 1')).rejects.toThrow();
    expect(slice.ended?.aborted).toBe(true);
  });

  it('brings back a database that the suite itself has dropped, or made a template', async () => {
    const slice = (await isolator.create('server0009', {}, signal)) as ServerSlice;
    const { endpoint } = slice;
    const look =
      "SELECT current_setting('search_path') AS path, (SELECT array_agg(price::int ORDER BY id) FROM item) AS prices";
    const fresh = await queryAs(endpoint, look);
    const elsewhere = { url: endpoint.url.replace(/orders$/, 'postgres') };
    const databases = "SELECT datname FROM pg_database WHERE datname <> 'orders' ORDER BY 1";
    const others = await queryAs(elsewhere, databases);
    await queryAs(elsewhere, 'DROP DATABASE orders');
    await slice.reset(signal);
    expect(await queryAs(endpoint, look)).toEqual(fresh);
    await queryAs(elsewhere, 'ALTER DATABASE orders IS_TEMPLATE true');
    await queryAs(endpoint, 'UPDATE item SET price = 1');
    await slice.reset(signal);
    expect(await queryAs(endpoint, look)).toEqual(fresh);
    expect(await queryAs(elsewhere, databases)).toEqual(others);
    await slice.remove();
  });

  it('leaves the template and the databases that are leased beside it as they are', async () => {
    const databases = postgresIsolator(test.host);
    const database = await databases.create('database01', {}, signal);
    const server = await isolator.create('server0002', {}, signal);
    const url = database.endpoint.url;
    expect(await queryAs({ url }, 'SELECT count(*)::int AS n FROM item')).toEqual([{ n: 2 }]);
    const made =
      "SELECT datname AS name FROM pg_database WHERE datname LIKE 'lease%' OR datname = 'portside_template' ORDER BY 1";
    expect(await queryAs(own(), made)).toEqual([{ name: 'lease_database01' }, { name: 'portside_template' }]);
    expect(await queryAs(server.endpoint, made)).toEqual([]);
    await Promise.all([database.remove(), server.remove()]);
    await databases.close();
  });

  if (runtime === 'docker') {
    it('has what was filled in after the start, with its roles', async () => {
      await migrate(`
      CREATE ROLE late NOLOGIN;
      CREATE ROLE late_user LOGIN PASSWORD 'l' IN ROLE late;
      CREATE TABLE later (id int PRIMARY KEY, state state);
      INSERT INTO later SELECT g, 'paid' FROM generate_series(1, 1000) AS g;
      ALTER DATABASE orders SET work_mem = '6MB';
      GRANT USAGE ON SCHEMA shop TO late;
      GRANT SELECT ON later TO late`);
      const slice = await postgresServerIsolator(test.host).create('server0003', {}, signal);
      const look =
        "SELECT count(*)::int AS n, max(state)::text AS state, current_setting('work_mem') AS mem FROM later";
      const expected = [{ n: 1000, state: 'paid', mem: '6MB' }];
      expect(await queryAs(slice.endpoint, look)).toEqual(expected);
      const url = slice.endpoint.url.replace('app:s3cret', 'late_user:l');
      expect(await queryAs({ url }, 'SELECT count(*)::int AS n FROM shop.later')).toEqual([{ n: 1000 }]);
      await queryAs(slice.endpoint, 'DROP TABLE later');
      await slice.reset(signal);
      expect(await queryAs(slice.endpoint, look)).toEqual(expected);
      await slice.remove();
      expect(await queryAs(own(), "SELECT datname FROM pg_database WHERE datname LIKE 'lease%'")).toEqual([]);
    });
  } else {
    it('says so when that cannot be copied, and leaves no server behind', async () => {
      await migrate('CREATE TABLE later (id int)');
      const { startCopy } = test.host;
      const started: AbortSignal[] = [];
      const isolator = postgresServerIsolator({
        ...test.host,
        startCopy: async (...given) => {
          const copy = await startCopy(...given);
          started.push(copy.ended);
          // The package of npm has no client programs; those of this machine are not to be found.
          const exec: typeof copy.exec = ([, ...words], until) =>
            copy.exec(['/usr/bin/env', 'PATH=/nowhere', '/bin/sh', ...words], until);
          return { ...copy, exec };
        },
      });
      await expect(isolator.create('server0004', {}, signal)).rejects.toMatchObject({
        code: 'LEASE_UNSUPPORTED',
        message: expect.stringContaining('there is no pg_dump'),
      });
      expect(started.map(({ aborted }) => aborted)).toEqual([true]);
    });
  }
}

// The version in the tag makes the embedded runtime take the package of npm.
describe('leased Postgres servers on the embedded runtime', () => suite('embedded', 'postgres:18'));
describeWithDocker('leased Postgres servers on Docker', () => suite('docker', 'postgres:16-alpine'));
