import pg from 'pg';
import type { PostgresEndpoint } from '../../src/model/index.js';
import type { LeasedDefinition } from './isolation-host.js';

/** The Postgres whose databases are leased in the tests. */
export function postgresService(more: Partial<LeasedDefinition> = {}): LeasedDefinition {
  return {
    name: 'db',
    kind: 'postgres',
    image: 'postgres:16-alpine',
    ports: [{ target: 5432, protocol: 'tcp' }],
    environment: { POSTGRES_USER: 'app', POSTGRES_PASSWORD: 's3cret', POSTGRES_DB: 'orders' },
    ...more,
  };
}

/** Opens a client, as a suite would; it is told nothing of its end. */
export async function connectTo(endpoint: Pick<PostgresEndpoint, 'url'>): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: endpoint.url });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Runs statements in a session of their own and gives the rows of the last one. */
export async function queryAs(
  endpoint: Pick<PostgresEndpoint, 'url'>,
  sql: string,
): Promise<Record<string, unknown>[]> {
  const client = await connectTo(endpoint);
  try {
    const results: unknown = await client.query(sql);
    return ((Array.isArray(results) ? results.at(-1) : results) as pg.QueryResult).rows;
  } finally {
    await client.end();
  }
}

/** What the service's own database holds in the tests of leases: one of everything that has an owner, and what is not copied with it. */
export const ownDatabase = `
CREATE ROLE readers NOLOGIN;
CREATE ROLE maker NOLOGIN CREATEDB;
CREATE ROLE reporter LOGIN PASSWORD 'r';
ALTER DATABASE orders SET search_path = shop, public;
ALTER DATABASE orders SET timezone = 'Asia/Tokyo';
ALTER ROLE app SET my.app = 'it''s \\ set';
CREATE SCHEMA shop;
SET search_path = shop, public;
CREATE EXTENSION pgcrypto;
CREATE EXTENSION dblink;
CREATE EXTENSION postgres_fdw;
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE DOMAIN cents AS int CHECK (value >= 0);
CREATE TYPE pair AS (a int, b int);
CREATE TYPE span AS RANGE (subtype = int);
CREATE TABLE item (id serial PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY, price cents, state state DEFAULT 'new', tags text[]);
INSERT INTO item (price) VALUES (100), (200);
CREATE TABLE "odd ""name" (id int REFERENCES item);
CREATE TABLE part (k int) PARTITION BY RANGE (k);
CREATE TABLE part1 PARTITION OF part FOR VALUES FROM (0) TO (10);
CREATE SEQUENCE free;
CREATE VIEW cheap AS SELECT * FROM item WHERE price < 150;
CREATE MATERIALIZED VIEW stock AS SELECT count(*) FROM item;
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 2 * $1';
CREATE PROCEDURE clear() LANGUAGE sql AS 'DELETE FROM shop.item';
CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int, initcond = '0');
CREATE OPERATOR ## (leftarg = int, rightarg = int, procedure = int4pl);
CREATE COLLATION plain FROM "C";
CREATE STATISTICS related ON id, price FROM item;
CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);
CREATE TEXT SEARCH DICTIONARY short (TEMPLATE = simple);
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw;
CREATE FOREIGN TABLE far (id int) SERVER elsewhere;
CREATE PUBLICATION news FOR TABLE item;
CREATE PUBLICATION everything FOR ALL TABLES;
CREATE TABLE ddl (tag text);
CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO shop.ddl VALUES (tg_tag); END';
CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION note();
SELECT lo_create(4711);
GRANT USAGE ON SCHEMA shop TO readers;
GRANT SELECT ON item TO readers;
GRANT DELETE ON item TO reporter;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO readers;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
`;

/** What the owner of a database may do to what it finds there, each of which needs the right owner. */
export const ownersWork = `
ALTER TABLE item ADD note text;
ALTER TABLE "odd ""name" DROP COLUMN id;
ALTER TYPE state ADD VALUE 'sent';
ALTER TYPE pair ADD ATTRIBUTE c int;
ALTER TYPE span RENAME TO extent;
ALTER DOMAIN cents DROP CONSTRAINT cents_check;
ALTER SEQUENCE free RESTART 7;
ALTER SEQUENCE item_id_seq RESTART 70;
ALTER TABLE part DETACH PARTITION part1;
DROP VIEW cheap;
REFRESH MATERIALIZED VIEW stock;
CREATE OR REPLACE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT 3 * $1';
DROP PROCEDURE clear;
DROP AGGREGATE total(int);
DROP OPERATOR ## (int, int);
DROP COLLATION plain;
DROP STATISTICS related;
DROP TEXT SEARCH CONFIGURATION words;
DROP TEXT SEARCH DICTIONARY short;
DROP FOREIGN TABLE far;
DROP SERVER elsewhere;
DROP PUBLICATION news;
SELECT lo_unlink(4711);
COMMENT ON EXTENSION plpgsql IS 'as pg_dump writes it';
DROP EXTENSION pgcrypto;
CREATE EXTENSION pgcrypto;
CREATE EXTENSION citext;
CREATE SCHEMA mine;
CREATE TABLE mine.own (id int);
DROP SCHEMA shop CASCADE;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
`;
