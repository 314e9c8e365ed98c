import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Leases } from '../../src/environment/leases/leases.js';
import { postgresIsolator, type Slice } from '../../src/isolation/index.js';
import type { Isolator } from '../../src/isolation/isolator.js';
import { defaultLeaseSettings, type EnvironmentPlan, type PostgresEndpoint } from '../../src/model/index.js';
import { describeWithDocker } from '../support/docker.js';
import { type IsolationTest, startIsolationHost } from '../support/isolation-host.js';
import { connectTo, ownDatabase, ownersWork, postgresService, queryAs } from '../support/postgres-leases.js';

const signal = new AbortController().signal;
let made = 0;

/** An id that no other lease of these tests has. */
function newId(): string {
  made += 1;
  return `lease${String(made).padStart(5, '0')}`;
}

type PostgresSlice = Slice & Required<Pick<Slice, 'snapshot' | 'restore'>> & { readonly endpoint: PostgresEndpoint };

async function lease(isolator: Isolator, id = newId()): Promise<PostgresSlice> {
  return (await isolator.create(id, {}, signal)) as PostgresSlice;
}

function lastOf(results: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as { code?: string }).code] : []));
}

function suite(runtime: 'docker' | 'embedded'): void {
  let test: IsolationTest;
  let server: PostgresEndpoint;
  let isolator: Isolator;

  /** As the superuser, in the service's own database or another. */
  const admin = (sql: string, database = 'orders') => queryAs({ url: server.url.replace(/orders$/, database) }, sql);
  /** Names of the databases and roles that were made for leases. */
  const left = async () => {
    const sql = `SELECT datname AS name FROM pg_database WHERE datname LIKE 'lease%'
      UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE 'lease%'`;
    return (await admin(sql)).map(({ name }) => name);
  };

  /** Makes the template look as if it had come with the data of an earlier environment; the one of the test has made it at its start. */
  const age = async () => {
    const [row] = await admin(
      "SELECT shobj_description(oid, 'pg_database') AS marker FROM pg_database WHERE datname = 'portside_template'",
    );
    const marker = JSON.stringify({ ...JSON.parse(String(row?.['marker'])), startedAt: '1' });
    await admin(`COMMENT ON DATABASE portside_template IS '${marker.replaceAll("'", "''")}'`);
  };

  beforeAll(async () => {
    const settings = ['max_connections=100', 'max_prepared_transactions=5', 'wal_level=logical'];
    const command = ['postgres', ...settings.flatMap((one) => ['-c', one])];
    test = await startIsolationHost(runtime, postgresService({ command }));
    server = test.host.endpoint() as PostgresEndpoint;
    await admin(ownDatabase);
    await age();
    isolator = postgresIsolator(test.host);
    await isolator.prepare(signal);
  });
  afterAll(async () => {
    await isolator?.close();
    await test?.close();
  });

  describe('a lease', () => {
    it('finds what the database of the service held, and owns it without being a superuser', async () => {
      const slice = await lease(isolator);
      const found = await queryAs(
        slice.endpoint,
        'SELECT id, n, price, state::text, twice(price) FROM item ORDER BY id',
      );
      expect(found).toEqual([
        { id: 1, n: 1, price: 100, state: 'new', twice: 200 },
        { id: 2, n: 2, price: 200, state: 'new', twice: 400 },
      ]);
      expect(await queryAs(slice.endpoint, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual([
        { rolsuper: false },
      ]);
      const client = await connectTo(slice.endpoint);
      for (const statement of ownersWork.trim().split('\n')) {
        await client.query(statement).catch((error: unknown) => expect(error, statement).toBeUndefined());
      }
      await client.end();
      await slice.remove();
      expect(test.logged).toEqual([]);
    });

    it('has the settings of the database and of the user, and default privileges for what it creates', async () => {
      const slice = await lease(isolator);
      const client = await connectTo(slice.endpoint);
      const show = async (name: string) => Object.values((await client.query(`SHOW ${name}`)).rows[0])[0];
      expect([await show('search_path'), await show('timezone'), await show('my.app')]).toEqual([
        'shop, public',
        'Asia/Tokyo',
        "it's \\ set",
      ]);
      await client.query(
        "CREATE TABLE fresh AS SELECT 1 AS one; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      );
      await client.query('SET ROLE readers');
      expect((await client.query('SELECT one FROM fresh')).rows).toEqual([{ one: 1 }]);
      await expect(client.query('SELECT f()')).rejects.toMatchObject({ code: '42501' });
      await expect(client.query('DELETE FROM fresh')).rejects.toMatchObject({ code: '42501' });
      await client.query('RESET ROLE');
      for (const role of ['maker', 'reporter', 'app']) {
        await expect(client.query(`SET ROLE ${role}`), role).rejects.toMatchObject({ code: '42501' });
      }
      await client.end();
      await slice.remove();
    });

    it('can be reached by the names of both sides', async () => {
      const slice = await lease(isolator);
      expect(slice.endpoint).toMatchObject({ name: 'db', user: slice.name, database: slice.name });
      expect(slice.endpoint.id).not.toBe(server.id);
      const inner = slice.inner as PostgresEndpoint;
      expect(inner.password).toBe(slice.endpoint.password);
      expect(`${inner.host}:${inner.port}`).toBe(runtime === 'docker' ? 'db:5432' : `${server.host}:${server.port}`);
      await slice.remove();
    });

    it('is made beside others, again after all our sessions have been ended, and not with a signal that has aborted', async () => {
      const slices = await Promise.all(Array.from({ length: 6 }, () => lease(isolator)));
      await admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'portside'");
      slices.push(await lease(isolator));
      const names = await Promise.all(
        slices.map(({ endpoint }) => queryAs(endpoint, 'SELECT current_database() AS d')),
      );
      expect(names.flat().map(({ d }) => d)).toEqual(slices.map(({ name }) => name));
      await expect(isolator.create(newId(), {}, AbortSignal.abort(new Error('no more')))).rejects.toThrow('no more');
      await Promise.all(slices.map((slice) => slice.remove()));
      expect(await left()).toEqual([]);
    });
  });

  describe('the template', () => {
    it('stays as it was at the first prepare, and cannot be connected to', async () => {
      await admin('CREATE TABLE later (id int)');
      const other = postgresIsolator(test.host);
      await Promise.all([isolator.prepare(signal), isolator.prepare(signal), other.prepare(signal)]);
      await other.close();
      const slice = await lease(isolator);
      expect(await queryAs(slice.endpoint, "SELECT to_regclass('later') AS later")).toEqual([{ later: null }]);
      await slice.remove();
      await expect(admin('SELECT 1', 'portside_template')).rejects.toMatchObject({ code: '55000' });
      await admin('DROP TABLE later');
    });

    it('is found again under the same content, and made anew under another or when it is half made', async () => {
      const sees = async (content: string | undefined) => {
        await age();
        const other = postgresIsolator(test.host, content === undefined ? {} : { content });
        await other.prepare(signal);
        const slice = await lease(other);
        const [row] = await queryAs(slice.endpoint, "SELECT to_regclass('mark') IS NOT NULL AS yes");
        await slice.remove();
        await other.close();
        return row?.['yes'];
      };
      expect(await sees('a')).toBe(false);
      await admin('CREATE TABLE mark (id int)');
      expect(await sees('a')).toBe(false);
      expect(await sees('b')).toBe(true);
      await admin('DROP TABLE mark');
      expect(await sees(undefined)).toBe(false);
      await admin('CREATE TABLE mark (id int)');
      await admin('ALTER DATABASE portside_template IS_TEMPLATE false ALLOW_CONNECTIONS true');
      expect(await sees('b')).toBe(true);
      await admin('DROP TABLE mark');
    });

    it('is made while clients connect to the service again and again, and takes leases of an earlier environment away', async () => {
      const before = await lease(isolator);
      let stop = false;
      let ended = 0;
      const client = async (): Promise<void> => {
        while (!stop) {
          await admin('SELECT pg_sleep(1000)').catch(() => {
            ended += 1;
          });
        }
      };
      const clients = [client(), client(), client()];
      while ((await admin("SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")).length < 3);
      const other = postgresIsolator(test.host);
      await age();
      await other.prepare(signal);
      stop = true;
      await admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'");
      await Promise.all(clients);
      expect(ended).toBeGreaterThanOrEqual(3);
      expect(await left()).toEqual([]);
      await expect(queryAs(before.endpoint, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
      await before.remove();
      await other.close();
    });
  });

  describe('the service itself', () => {
    it('lets in the roles that there were, as before', async () => {
      const slice = await lease(isolator);
      await slice.remove();
      const url = server.url.replace('app:s3cret', 'reporter:r');
      expect(await queryAs({ url }, 'SELECT current_user AS u')).toEqual([{ u: 'reporter' }]);
      await expect(queryAs({ url: url.replace(/orders$/, 'portside_template') }, 'SELECT 1')).rejects.toThrow();
    });
  });

  describe('reset', () => {
    it('brings the state of the template back under the same URL, whatever the suite did', async () => {
      const slice = await lease(isolator);
      const holder = await connectTo(slice.endpoint);
      await holder.query('DROP TABLE item CASCADE; CREATE TABLE own (id int); SELECT pg_advisory_lock(1)');
      await holder.query(`ALTER ROLE CURRENT_USER PASSWORD 'changed'; ALTER ROLE CURRENT_USER SET work_mem = '1MB'`);
      await holder.query(`ALTER DATABASE ${slice.name} SET search_path = nowhere`);
      await holder.query('BEGIN; CREATE TABLE half (id int)');
      await slice.reset(signal);
      await expect(holder.query('SELECT 1')).rejects.toThrow();
      expect(
        await queryAs(
          slice.endpoint,
          `SELECT count(*)::int AS items, to_regclass('own') AS own, current_setting('work_mem') <> '1MB' AS mem,
            pg_try_advisory_lock(1) AS free FROM item`,
        ),
      ).toEqual([{ items: 2, own: null, mem: true, free: true }]);
      await queryAs(slice.endpoint, 'CREATE TABLE own (id int); SET ROLE readers; SELECT FROM own');
      await slice.remove();
      expect(await left()).toEqual([]);
    });

    it('works with prepared transactions, and after failing leaves the old state', async () => {
      const slice = await lease(isolator);
      await queryAs(slice.endpoint, "BEGIN; INSERT INTO item (price) VALUES (3); PREPARE TRANSACTION 'p'");
      await slice.reset(signal);
      expect(await admin('SELECT FROM pg_prepared_xacts')).toEqual([]);
      await queryAs(slice.endpoint, 'CREATE TABLE own (id int)');
      await admin('ALTER DATABASE portside_template RENAME TO portside_away');
      await expect(slice.reset(signal)).rejects.toMatchObject({
        code: 'LEASE_FAILED',
        service: 'db',
        message: expect.stringContaining(`Cannot reset lease ${slice.id} of service 'db'`),
      });
      await admin('ALTER DATABASE portside_away RENAME TO portside_template');
      expect(await queryAs(slice.endpoint, 'SELECT count(*)::int AS n FROM own')).toEqual([{ n: 0 }]);
      await slice.reset(signal);
      await expect(queryAs(slice.endpoint, 'SELECT FROM own')).rejects.toMatchObject({ code: '42P01' });
      await slice.remove();
    });
  });

  describe('a snapshot', () => {
    it('is brought back under the same URL, as often as wanted', async () => {
      const slice = await lease(isolator);
      const prices = async () =>
        (await queryAs(slice.endpoint, 'SELECT price FROM item ORDER BY id')).map((r) => r['price']);
      await queryAs(slice.endpoint, 'UPDATE item SET price = 1');
      const client = await connectTo(slice.endpoint);
      await slice.snapshot('ones', signal);
      await expect(client.query('SELECT 1')).rejects.toThrow();
      await queryAs(slice.endpoint, 'UPDATE item SET price = 2');
      await slice.snapshot('twos', signal);
      await slice.restore('ones', signal);
      expect(await prices()).toEqual([1, 1]);
      await slice.reset(signal);
      expect(await prices()).toEqual([100, 200]);
      await slice.restore('twos', signal);
      expect(await prices()).toEqual([2, 2]);
      await slice.snapshot('ones', signal);
      await queryAs(slice.endpoint, 'DELETE FROM item');
      await slice.restore('ones', signal);
      expect(await prices()).toEqual([2, 2]);
      await expect(slice.restore('threes', signal)).rejects.toMatchObject({
        code: 'LEASE_UNKNOWN',
        message: expect.stringContaining("Current value is 'ones', 'twos'"),
      });
      // One database for the lease, and one for each of the two snapshots.
      expect(await admin("SELECT FROM pg_database WHERE datname LIKE 'lease%'")).toHaveLength(3);
      await slice.remove();
      expect(await left()).toEqual([]);
      await expect(slice.restore('ones', signal)).rejects.toMatchObject({ code: 'LEASE_UNKNOWN' });
    });
  });

  describe('remove', () => {
    it('ends sessions, transactions, prepared transactions, slots and subscriptions, and may be called twice', async () => {
      const slice = await lease(isolator);
      await admin(
        `CREATE SUBSCRIPTION incoming CONNECTION 'host=127.0.0.1 port=1 dbname=x' PUBLICATION news
          WITH (connect = false, slot_name = none)`,
        slice.name,
      );
      await admin("SELECT pg_create_logical_replication_slot('outgoing', 'pgoutput')", slice.name);
      const busy = await connectTo(slice.endpoint);
      const sleeping = busy.query('SELECT pg_sleep(1000)').catch((error: Error) => error);
      const locking = await connectTo(slice.endpoint);
      // Until this transaction ends, nobody else can change the role.
      await locking.query(`BEGIN; LOCK TABLE item; ALTER ROLE CURRENT_USER PASSWORD 'other'`);
      const preparing = await connectTo(slice.endpoint);
      await preparing.query("BEGIN; CREATE TABLE half (id int); PREPARE TRANSACTION 'held'");
      await slice.snapshot('with all of it', signal);
      await queryAs(slice.endpoint, "BEGIN; CREATE TABLE half (id int); PREPARE TRANSACTION 'held'");
      await Promise.all([slice.remove(), slice.remove()]);
      await slice.remove();
      expect(await sleeping).toBeInstanceOf(Error);
      expect(await left()).toEqual([]);
      expect(await admin('SELECT subname FROM pg_subscription')).toEqual([]);
      expect(await admin('SELECT slot_name FROM pg_replication_slots')).toEqual([]);
    });

    it('succeeds against a client that connects again at once, and when everything is gone already', async () => {
      const slice = await lease(isolator);
      let stop = false;
      const client = async (): Promise<void> => {
        while (!stop) await queryAs(slice.endpoint, 'SELECT pg_sleep(1000)').catch(() => undefined);
      };
      const clients = [client(), client()];
      await slice.remove();
      stop = true;
      await Promise.all(clients);
      expect([await left(), test.logged]).toEqual([[], []]);
      const gone = await lease(isolator);
      await admin(`DROP DATABASE ${gone.name}`);
      await admin(`DROP ROLE ${gone.name}`);
      await gone.remove();
    });

    it('takes a role that a sibling granted something in its database no later than that', async () => {
      const [first, second] = [await lease(isolator), await lease(isolator)];
      await queryAs(
        second.endpoint,
        `GRANT SELECT ON item TO ${first.name}; GRANT CONNECT ON DATABASE ${second.name} TO ${first.name}`,
      );
      await first.remove();
      await expect(queryAs(first.endpoint, 'SELECT 1')).rejects.toMatchObject({ code: '28000' });
      await second.remove();
      expect(await left()).toEqual([]);
    });
  });

  describe('a hostile suite', () => {
    let victim: PostgresSlice;
    let hostile: PostgresSlice;
    let client: pg.Client;
    beforeAll(async () => {
      [victim, hostile] = [await lease(isolator), await lease(isolator)];
      client = await connectTo(hostile.endpoint);
    });
    afterAll(async () => {
      await client?.end();
      await Promise.all([victim?.remove(), hostile?.remove()]);
    });

    it('gets into no other database', async () => {
      for (const database of [victim.name, 'orders', 'postgres', 'template1', 'portside_template']) {
        const url = hostile.endpoint.url.replace(/[^/]+$/, database);
        await expect(queryAs({ url }, 'SELECT 1'), database).rejects.toMatchObject({
          code: database === 'portside_template' ? '55000' : '42501',
        });
      }
      const { host, port } = hostile.endpoint;
      const address = runtime === 'docker' ? 'host=127.0.0.1 port=5432' : `host=${host} port=${port}`;
      for (const login of [
        `user=${hostile.name} password=${hostile.endpoint.password}`,
        `user=${victim.name}`,
        `user=${victim.name} password=guess`,
        'user=app',
      ]) {
        const sql = `SELECT * FROM dblink('${address} dbname=${victim.name} ${login}', 'SELECT 1') AS t (one int)`;
        await expect(client.query(sql), login).rejects.toThrow();
      }
    });

    it.each([
      ['DROP DATABASE {victim}', '42501'],
      ['DROP DATABASE {self}', '55006'],
      ['ALTER DATABASE {self} RENAME TO other', '42501'],
      ['ALTER DATABASE {victim} SET work_mem = 64', '42501'],
      ['CREATE DATABASE other TEMPLATE portside_template', '42501'],
      ['DROP ROLE {victim}', '42501'],
      ['DROP ROLE {self}', '42501'],
      ["ALTER ROLE {victim} PASSWORD 'mine'", '42501'],
      ['ALTER ROLE {self} CONNECTION LIMIT 1000', '42501'],
      ['ALTER ROLE {self} SUPERUSER', '42501'],
      ['CREATE ROLE other', '42501'],
      ['SET ROLE {victim}', '42501'],
      ['SET ROLE app', '42501'],
      ['SET SESSION AUTHORIZATION {victim}', '42501'],
      ['GRANT portside_owner TO reporter', '42501'],
      ['DROP ROLE portside_owner', '42501'],
      ['SET ROLE portside_owner; REVOKE portside_owner FROM {victim}', '42501'],
      ["ALTER SYSTEM SET work_mem = '64kB'", '42501'],
      ['SELECT pg_reload_conf()', '42501'],
      ['SELECT * FROM pg_authid', '42501'],
      ["COPY item TO PROGRAM 'true'", '42501'],
      ["COPY ddl FROM PROGRAM 'true'", '42501'],
      ["COPY item TO '/tmp/x'", '42501'],
      ["SELECT pg_read_file('PG_VERSION')", '42501'],
      ["SELECT lo_import('/etc/passwd')", '42501'],
      ['CREATE EXTENSION file_fdw', '42501'],
      ["CREATE FUNCTION crash() RETURNS int LANGUAGE c AS 'libc', 'abort'", '42501'],
      ["CREATE TABLESPACE t LOCATION '/tmp'", '42501'],
      ["SELECT pg_create_physical_replication_slot('s')", /^(42501|55000)$/],
      ["CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p", '42501'],
      ["CREATE OR REPLACE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'", '42501'],
      ['CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION note()', '42501'],
      ['CHECKPOINT', '42501'],
      ["UPDATE pg_database SET datname = 'x'", '42501'],
      ['BEGIN; LOCK TABLE pg_catalog.pg_database', '42501'],
    ])('is refused: %s', async (sql, code) => {
      const statement = sql.replaceAll('{victim}', victim.name).replaceAll('{self}', hostile.name);
      await expect(client.query(statement)).rejects.toMatchObject({ code: expect.stringMatching(code) });
      await client.query('ROLLBACK; RESET ROLE');
    });

    it('ends no session but its own', async () => {
      const bystander = await connectTo(victim.endpoint);
      const others = 'SELECT pid FROM pg_stat_activity WHERE usename <> current_user';
      const pids = (await client.query(others)).rows.map(({ pid }) => pid);
      expect(pids.length).toBeGreaterThan(1);
      for (const role of [hostile.name, 'portside_owner']) {
        await client.query(`SET ROLE ${role}`);
        for (const pid of pids) {
          for (const name of ['pg_terminate_backend', 'pg_cancel_backend']) {
            // False: it has ended of its own accord meanwhile.
            const done = client.query(`SELECT ${name}(${pid}) AS done`).then(
              ({ rows }) => rows[0].done,
              ({ code }) => code,
            );
            expect([false, '42501']).toContain(await done);
          }
        }
      }
      await client.query('RESET ROLE');
      expect((await bystander.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      await bystander.end();
    });

    it('shares no table, lock or channel with its siblings', async () => {
      const bystander = await connectTo(victim.endpoint);
      const heard: string[] = [];
      bystander.on('notification', ({ payload }) => heard.push(payload ?? ''));
      await bystander.query('LISTEN news');
      await client.query('TRUNCATE item CASCADE; SELECT pg_advisory_lock(1); NOTIFY news, $$noise$$');
      await client.query('SET ROLE portside_owner; DROP OWNED BY portside_owner CASCADE; RESET ROLE');
      expect(
        (await bystander.query('SELECT count(*)::int AS n, pg_try_advisory_lock(1) AS free FROM item')).rows,
      ).toEqual([{ n: 2, free: true }]);
      await bystander.query("NOTIFY news, 'own'");
      await bystander.query('SELECT 1');
      expect(heard).toEqual(['own']);
      await bystander.end();
      const third = await lease(isolator);
      expect(await queryAs(third.endpoint, 'SELECT count(*)::int AS n FROM item')).toEqual([{ n: 2 }]);
      await third.remove();
    });

    it('takes no more connections than its share', async () => {
      const flood = Array.from({ length: 40 }, () => connectTo(hostile.endpoint));
      const results = await Promise.allSettled(flood);
      const refused = lastOf(results);
      expect(new Set(refused)).toEqual(new Set(['53300']));
      // A quarter of what 100 connections leave; one is the client's.
      expect(results.length - refused.length).toBe(20);
      expect(await queryAs(victim.endpoint, 'SELECT count(*)::int AS n FROM item')).toEqual([{ n: 2 }]);
      await hostile.reset(signal);
      expect(await queryAs(hostile.endpoint, 'SELECT count(*)::int AS n FROM item')).toEqual([{ n: 2 }]);
      await Promise.allSettled(
        results.map((result) => (result.status === 'fulfilled' ? result.value.end() : undefined)),
      );
    });
  });
}

describe('Postgres leases on the embedded runtime', () => {
  suite('embedded');

  it('works where the database of the service is the one called postgres, and after that was dropped where it is another', async () => {
    const environment = { POSTGRES_PASSWORD: 's3cret' };
    const test = await startIsolationHost('embedded', postgresService({ environment }));
    try {
      const server = test.host.endpoint() as PostgresEndpoint;
      await queryAs(server, 'CREATE TABLE item (id int)');
      await queryAs(server, 'CREATE DATABASE other TEMPLATE template0');
      const content = 'with the table';
      const isolator = postgresIsolator(test.host, { content });
      await queryAs(server, "COMMENT ON DATABASE portside_template IS ''");
      const slice = await lease(isolator);
      expect(await queryAs(slice.endpoint, 'SELECT count(*)::int AS n FROM item')).toEqual([{ n: 0 }]);
      await slice.reset(signal);
      await slice.remove();
      await isolator.close();

      const other = { ...server, database: 'other', url: server.url.replace(/postgres$/, 'other') };
      const elsewhere = postgresIsolator(
        { ...test.host, endpoint: () => other, inner: () => ({ db: other }) },
        { content },
      );
      await queryAs(other, 'DROP DATABASE postgres');
      const second = await lease(elsewhere);
      expect(await queryAs(second.endpoint, 'SELECT count(*)::int AS n FROM item')).toEqual([{ n: 0 }]);
      await second.remove();
      await elsewhere.close();
    } finally {
      await test.close();
    }
  });

  it('starts, and says so at a lease, when the user of the service is no superuser', async () => {
    const test = await startIsolationHost('embedded', postgresService());
    try {
      const server = test.host.endpoint() as PostgresEndpoint;
      await queryAs(server, "CREATE ROLE clerk LOGIN PASSWORD 'c'");
      const clerk = { ...server, user: 'clerk', password: 'c' };
      const log: string[] = [];
      const makeIsolator = () => postgresIsolator({ ...test.host, endpoint: () => clerk });
      const plan = { services: test.host.services, definition: { settings: { leases: defaultLeaseSettings } } };
      const leases = new Leases({
        plan: plan as unknown as EnvironmentPlan,
        now: Date.now,
        log: (_, message) => log.push(message),
        makeIsolator,
      });
      await leases.serviceReady('db', signal);
      const message = "Cannot prepare leases of service 'db': the user that it is reached as is no superuser.";
      expect(log).toEqual([message]);
      const owner = { client: 'test', pid: null };
      await expect(leases.lease({ session: 's', services: ['db'] }, owner, signal)).rejects.toMatchObject({
        code: 'LEASE_UNSUPPORTED',
        message,
      });
      await leases.close();
    } finally {
      await test.close();
    }
  });

  it('finds names in the schema of the user of the service as that does, until a reset and after it', async () => {
    const test = await startIsolationHost('embedded', postgresService());
    try {
      const server = test.host.endpoint() as PostgresEndpoint;
      const look = 'SELECT count(*)::int AS n FROM item';
      const isolator = async (sql: string) => {
        await queryAs(server, sql);
        await queryAs(server, "COMMENT ON DATABASE portside_template IS ''");
        return postgresIsolator(test.host);
      };
      const usual = await isolator('CREATE SCHEMA app; CREATE TABLE item (id int); CREATE TABLE public.other (id int)');
      expect(await queryAs(server, look)).toEqual([{ n: 0 }]);
      const slice = await lease(usual);
      expect(await queryAs(slice.endpoint, `${look}, other`)).toEqual([{ n: 0 }]);
      await queryAs(slice.endpoint, 'CREATE TABLE app.own (id int); INSERT INTO own VALUES (1)');
      await slice.reset(signal);
      expect(await queryAs(slice.endpoint, look)).toEqual([{ n: 0 }]);
      await slice.remove();
      await usual.close();

      const set = await isolator('CREATE SCHEMA shop; ALTER DATABASE orders SET search_path = shop, "$user"');
      const second = await lease(set);
      expect(await queryAs(second.endpoint, 'SHOW search_path')).toEqual([{ search_path: 'shop, app' }]);
      expect(await queryAs(second.endpoint, look)).toEqual([{ n: 0 }]);
      await second.remove();
      await set.close();
    } finally {
      await test.close();
    }
  });

  it('says so when the server of a lease is gone', async () => {
    const test = await startIsolationHost('embedded', postgresService());
    const server = test.host.endpoint() as PostgresEndpoint;
    const logged: string[] = [];
    const own = postgresIsolator({ ...test.host, endpoint: () => server, log: (_, message) => logged.push(message) });
    const slice = await lease(own);
    await test.close();
    await expect(lease(own)).rejects.toMatchObject({ code: 'LEASE_FAILED', service: 'db' });
    await expect(slice.reset(signal)).rejects.toMatchObject({ code: 'LEASE_FAILED', service: 'db' });
    await slice.remove();
    expect(logged).toContain(`Cannot remove ${slice.name} yet`);
  });
});

describeWithDocker('Postgres leases on Docker', () => {
  suite('docker');

  it('says so when the disk is full, leaves nothing of what it could not make, and goes on when there is room again', async () => {
    const data = {
      type: 'tmpfs',
      target: '/var/lib/postgresql/data',
      readOnly: false,
      sizeBytes: 130 * 2 ** 20,
    } as const;
    const test = await startIsolationHost('docker', postgresService({ mounts: [data] }));
    try {
      const isolator = postgresIsolator(test.host);
      const slices: PostgresSlice[] = [];
      const fill = async () => {
        for (;;) slices.push(await lease(isolator));
      };
      await expect(fill()).rejects.toMatchObject({
        code: 'LEASE_FAILED',
        message: expect.stringContaining('No space left on device'),
        hint: expect.stringContaining('Free space'),
      });
      const sql =
        "SELECT datname AS name FROM pg_database WHERE datname LIKE 'lease%' UNION SELECT rolname FROM pg_roles WHERE rolname LIKE 'lease%' ORDER BY 1";
      const names = await queryAs(test.host.endpoint() as PostgresEndpoint, sql);
      expect(names.map(({ name }) => name)).toEqual(slices.map(({ name }) => name));
      const [first] = slices;
      await expect(first?.reset(signal)).rejects.toMatchObject({ code: 'LEASE_FAILED' });
      expect(await queryAs(first?.endpoint ?? { url: '' }, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await Promise.all(slices.slice(1).map((slice) => slice.remove()));
      await (await lease(isolator)).remove();
      await isolator.close();
    } finally {
      await test.close();
    }
  });
});
