import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type EnvironmentHandle, openEnvironment } from '../../src/agent/index.js';
import type { Endpoint, RuntimeName } from '../../src/model/index.js';
import { describeWithImage } from '../support/docker.js';
import { describeWithMariadb } from '../support/mariadb.js';
import { temporaryProject } from '../support/program.js';

/** Everything that a database may hold, each thing in use. */
const script = `
CREATE SEQUENCE numbers START WITH 100 NOCACHE;
CREATE TABLE authors (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(100) NOT NULL UNIQUE) AUTO_INCREMENT = 10;
CREATE TABLE books (
  id INT PRIMARY KEY DEFAULT NEXTVAL(numbers), author INT NOT NULL, title VARCHAR(100), secret INT INVISIBLE DEFAULT 7,
  loud VARCHAR(100) AS (UPPER(title)) STORED, FOREIGN KEY (author) REFERENCES authors (id), CHECK (title <> '')
);
CREATE TABLE log (what VARCHAR(100));
CREATE FUNCTION shout(text VARCHAR(100)) RETURNS VARCHAR(100) DETERMINISTIC RETURN CONCAT(UPPER(text), '!');
CREATE VIEW loudest AS SELECT shout(title) AS title FROM books;
CREATE VIEW a_first AS SELECT title FROM loudest;
DELIMITER //
CREATE PROCEDURE add_author(IN who VARCHAR(100))
BEGIN
  INSERT INTO authors (name) VALUES (who);
  -- Its last line is a comment.
END -- of the procedure
//
CREATE TRIGGER note AFTER INSERT ON authors FOR EACH ROW BEGIN INSERT INTO log VALUES (CONCAT('new ', NEW.name)); END//
CREATE EVENT forget ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM log; END//
DELIMITER ;
CREATE TABLE odd (id INT PRIMARY KEY AUTO_INCREMENT, day DATE, bits BIT(3), raw BLOB, place POINT, doc JSON, ratio DOUBLE);
SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
INSERT INTO odd VALUES (0, '0000-00-00', b'101', x'00ff27', POINT(1, 2), '{"a": 1}', 0.1);
CREATE TABLE versions (what INT) WITH SYSTEM VERSIONING;
INSERT INTO versions VALUES (1);
UPDATE versions SET what = 2;
CREATE TABLE gone (what INT);
CREATE VIEW broken AS SELECT what FROM gone;
DROP TABLE gone;
INSERT INTO authors (name) VALUES ('Ada');
INSERT INTO books (author, title) VALUES (10, 'it''s; a \\\\ "title"');
`;

/** An API that tells which database it uses. */
const program = "require('node:http').createServer((_, r) => r.end(process.env.DATABASE_URL)).listen(process.env.PORT)";

describeWithMariadb('MariaDB, embedded', () => {
  leasing('embedded', {
    'portside.config.ts': `
      import { api, defineEnvironment } from 'portside';
      import { mariadb } from 'portside/kinds/mariadb';
      export default defineEnvironment({
        services: {
          db: mariadb({ user: 'shop', database: 'my_shop', migrations: './sql' }),
          api: api({
            port: 8080,
            needs: ['db'],
            env: ({ db }) => ({ DATABASE_URL: db.url }),
            embedded: { command: ['node', '-e', \`${program}\`] },
          }),
        },
      });
    `,
  });
});

describeWithMariadb('MariaDB that cannot be used, embedded', () => {
  const environment = (state: string) => ({ ...process.env, PORTSIDE_STATE_DIR: state, PORTSIDE_RUNTIME: 'embedded' });
  const start = async (sql: string, variables: string, use: (env: EnvironmentHandle) => Promise<void>) => {
    const cwd = temporaryProject({
      '1.sql': sql,
      'portside.config.ts': `
        import { mariadb } from 'portside/kinds/mariadb';
        export default { kinds: [mariadb] };
      `,
      'compose.yaml': `
        services:
          db:
            image: mariadb:11
            environment: { MYSQL_DATABASE: shop, ${variables} }
            volumes: ['./1.sql:/docker-entrypoint-initdb.d/1.sql']
      `,
    });
    const env = await openEnvironment({
      host: 'inline',
      source: { cwd, environment: environment(join(cwd, 'state')) },
    });
    await use(env).finally(() => env.close());
  };

  it('names the script that fails', async () => {
    const failure = start(
      'CREATE TABLE t (id INT);\nCREATE TABEL u (id INT);',
      'MYSQL_ROOT_PASSWORD: x',
      async () => {},
    );
    await expect(failure).rejects.toMatchObject({
      code: 'SERVICE_START_FAILED',
      message: expect.stringMatching(/^Cannot run the init script .*1\.sql of service 'db': ERROR 1064 .* at line 2: /),
    });
  });

  it('runs without leases when nobody knows the password of root', async () => {
    const variables = 'MYSQL_RANDOM_ROOT_PASSWORD: 1, MYSQL_USER: shop, MYSQL_PASSWORD: p';
    await start('CREATE TABLE t (id INT);', variables, async (env) => {
      const endpoint = await env.discover('db');
      const own = await createConnection(endpoint.url);
      expect((await own.query('SHOW TABLES'))[0]).toEqual([{ Tables_in_shop: 't' }]);
      own.destroy();
      const { host, port } = endpoint;
      for (const user of ['root', '']) await expect(createConnection({ host, port, user })).rejects.toThrow(/denied/);
      await expect(env.lease('db')).rejects.toMatchObject({ code: 'LEASE_UNSUPPORTED' });
    });
  });
});

describeWithImage('MariaDB, on Docker', 'mariadb:11', () => {
  leasing('docker', {
    'portside.config.ts': `
      import { defineEnvironment } from 'portside';
      import { mariadb } from 'portside/kinds/mariadb';
      export default defineEnvironment({ kinds: [mariadb] });
    `,
    'compose.yaml': `
      services:
        db:
          image: mariadb:11
          environment: { MYSQL_ROOT_PASSWORD: geheim, MYSQL_USER: shop, MYSQL_PASSWORD: pw, MYSQL_DATABASE: my_shop }
          volumes: ['./sql:/docker-entrypoint-initdb.d:ro']
        api:
          image: node:20-slim
          command: ['node', '-e', "${program}"]
          environment: { DATABASE_URL: 'mysql://shop:pw@db:3306/my_shop', PORT: '8080' }
          expose: ['8080']
          depends_on: { db: { condition: service_healthy } }
    `,
  });
});

function leasing(runtime: RuntimeName, files: Readonly<Record<string, string>>): void {
  let folder: string;
  let env: EnvironmentHandle;
  const open = new Set<Connection>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ps-mariadb-'));
    await mkdir(join(folder, 'sql'));
    await writeFile(join(folder, 'sql/1.sql'), script, { mode: 0o644 });
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const environment = { ...process.env, PORTSIDE_STATE_DIR: join(folder, 'state'), PORTSIDE_RUNTIME: runtime };
    env = await openEnvironment({ host: 'inline', source: { cwd: folder, environment } });
  });

  afterAll(async () => {
    for (const connection of open) connection.destroy();
    await env?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Connects as a client does, with nothing but the URL. */
  const connect = async ({ url }: Endpoint) => {
    const connection = await createConnection(url);
    connection.on('error', () => {});
    open.add(connection);
    return { connection, rows: async (sql: string) => (await connection.query(sql))[0] };
  };
  const lease = async () => {
    const leased = await env.lease('db');
    return { leased, name: leased.name, ...(await connect(leased.endpoint)) };
  };

  it('is found with its login', async () => {
    const endpoint = await env.discover('db');
    expect(endpoint).toMatchObject({ kind: 'tcp', protocol: 'mysql', user: 'shop', database: 'my_shop' });
    expect(endpoint.metadata).toEqual({ kind: 'mariadb' });
    const { rows } = await connect(endpoint);
    expect(await rows('SELECT title FROM a_first')).toEqual([{ title: `IT'S; A \\ "TITLE"!` }]);
  });

  it('leases a database with everything that the own one has', async () => {
    const { rows, leased } = await lease();
    expect(leased).toMatchObject({ isolation: 'database', name: expect.stringMatching(/^lease_[0-9a-z]{10}$/) });
    expect(await rows('SELECT title FROM a_first')).toEqual([{ title: `IT'S; A \\ "TITLE"!` }]);
    expect(await rows('SELECT id, secret, loud FROM books')).toEqual([
      { id: 100, secret: 7, loud: `IT'S; A \\ "TITLE"` },
    ]);
    const odd = await rows(
      'SELECT id, CAST(day AS CHAR) AS day, bits + 0 AS bits, HEX(raw) AS raw, ST_ASTEXT(place) AS place, doc, ratio FROM odd',
    );
    expect(odd).toEqual([
      { id: 0, day: '0000-00-00', bits: 5, raw: '00FF27', place: 'POINT(1 2)', doc: { a: 1 }, ratio: 0.1 },
    ]);
    expect(await rows('SELECT what FROM versions')).toEqual([{ what: 2 }]);
    await rows(`CALL add_author('Grace')`);
    expect(await rows('SELECT * FROM authors')).toEqual([
      { id: 10, name: 'Ada' },
      { id: 11, name: 'Grace' },
    ]);
    expect(await rows('SELECT * FROM log')).toEqual([{ what: 'new Ada' }, { what: 'new Grace' }]);
    expect(await rows('SELECT NEXTVAL(numbers) AS next')).toEqual([{ next: 101 }]);
    await expect(rows(`INSERT INTO books (author, title) VALUES (99, 'x')`)).rejects.toThrow(/foreign key/);
    await expect(rows(`INSERT INTO books (author, title) VALUES (10, '')`)).rejects.toThrow(/CONSTRAINT/);
    expect(await rows('SHOW EVENTS')).toMatchObject([{ Name: 'forget' }]);
    expect(
      await rows(`SELECT DISTINCT DEFINER AS who FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()`),
    ).toEqual([{ who: `${leased.name}@%` }]);
    await rows('CREATE TABLE further (id INT)');
    await rows('CREATE TRIGGER own BEFORE INSERT ON further FOR EACH ROW SET NEW.id = 1');
  });

  it('keeps leases apart', async () => {
    const [one, two] = await Promise.all([lease(), lease()]);
    await one.rows('DROP VIEW a_first');
    await one.rows('DROP TABLE books');
    expect(await two.rows('SELECT COUNT(*) AS books FROM books')).toEqual([{ books: 1 }]);
    const denied = [
      `SELECT * FROM ${two.name}.books`,
      `DROP DATABASE ${two.name}`,
      'SELECT * FROM my_shop.books',
      'SELECT * FROM portside_template.books',
      'SELECT * FROM mysql.global_priv',
      'CREATE DATABASE other',
      'SET GLOBAL max_connections = 1',
      'SHUTDOWN',
    ];
    for (const sql of denied) await expect(one.rows(sql), sql).rejects.toThrow(/denied/);
    expect(await one.rows('SHOW DATABASES')).toEqual([{ Database: 'information_schema' }, { Database: one.name }]);
    // It sees no connections but its own, so it has nobody else's to end.
    await one.rows(`KILL USER '${two.name}'`);
    expect(await one.rows('SHOW PROCESSLIST')).toHaveLength(1);
    expect(await two.rows('SELECT COUNT(*) AS books FROM books')).toEqual([{ books: 1 }]);
  });

  it('lets no lease take all connections of the server', async () => {
    const [one, two] = await Promise.all([lease(), lease()]);
    const flood = Array.from({ length: 120 }, () => connect(one.leased.endpoint));
    const results = await Promise.allSettled(flood);
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
    expect(refused.length).toBeGreaterThanOrEqual(21);
    expect(refused).toContainEqual(expect.stringMatching(/max_user_connections/));
    expect(await (await connect(two.leased.endpoint)).rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await one.leased.release();
  });

  it('resets a lease whatever holds it, at the same address', async () => {
    const { connection, leased } = await lease();
    await connection.beginTransaction();
    await connection.query('UPDATE authors SET name = ?', ['Eve']);
    await (await connect(leased.endpoint)).rows('DROP VIEW a_first');
    await leased.reset();
    await expect(connection.query('SELECT 1')).rejects.toThrow();
    const { rows } = await connect(leased.endpoint);
    expect(await rows('SELECT * FROM authors')).toEqual([{ id: 10, name: 'Ada' }]);
    expect(await rows('SELECT COUNT(*) AS titles FROM a_first')).toEqual([{ titles: 1 }]);
  });

  it('leases a whole server where that is asked for', async () => {
    const copy = await env.lease('db', { isolation: { db: 'copy' } });
    const { rows } = await connect(copy.endpoint);
    expect(copy.endpoint.port).not.toBe((await env.discover('db')).port);
    expect(await rows('SELECT DATABASE() AS own, COUNT(*) AS books FROM books')).toEqual([
      { own: 'my_shop', books: 1 },
    ]);
    await rows('DROP TABLE books');
    await copy.release();
  });

  it('wires copies of programs to the lease', async () => {
    await using fork = await env.fork();
    const [database, api] = [await fork.lease('db'), await fork.lease('api')];
    const seen = new URL(await (await fetch(api.endpoint.url)).text());
    const { user, password, name } = { ...database.endpoint, name: database.name } as Record<string, unknown>;
    expect([seen.username, seen.password, seen.pathname]).toEqual([user, password, `/${name}`]);
  });

  it('keeps states by name and brings them back', async () => {
    const { rows, leased } = await lease();
    await rows(`INSERT INTO authors (name) VALUES ('Grace')`);
    await leased.snapshot('two');
    await rows('DELETE FROM books');
    await leased.snapshot('two, no books');
    await rows('DROP TABLE books');
    await leased.restore('two');
    const authors = async () => (await connect(leased.endpoint)).rows('SELECT COUNT(*) AS n FROM authors');
    const books = async () => (await connect(leased.endpoint)).rows('SELECT COUNT(*) AS n FROM books');
    expect([await authors(), await books()]).toEqual([[{ n: 2 }], [{ n: 1 }]]);
    await leased.restore('two, no books');
    expect([await authors(), await books()]).toEqual([[{ n: 2 }], [{ n: 0 }]]);
    await expect(leased.restore('three')).rejects.toMatchObject({ code: 'LEASE_UNKNOWN' });
    await leased.release();
    // It goes in the background.
    await vi.waitFor(() => expect(connect(leased.endpoint)).rejects.toThrow(/denied/), { timeout: 30_000 });
  });
}
