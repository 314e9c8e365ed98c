import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Pool } from 'pg';
import type { PostgresEndpoint } from '../../model/index.js';
import type { PgClient } from './client-types.js';
import { explained } from './explain.js';
import { loadClient } from './optional-module.js';
import type { DatabaseState } from './slice-state.js';

/** The rows that a statement gave. */
export interface QueryResult<Row> {
  readonly rows: Row[];
  /** How many rows it gave or changed; `null` for statements that do neither. */
  readonly rowCount: number | null;
}

/**
 * A Postgres service: its newest address, clients of the package `pg` that are closed for the test, and its state; what changes
 * the state closes the clients first.
 */
export interface PostgresFixture extends PostgresEndpoint, DatabaseState {
  /** Runs one statement on a pooled connection; values take the places `$1`, `$2`, ... Errors: `CLIENT_MISSING`, and those of `pg`. */
  query<Row = Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<QueryResult<Row>>;
  /** Gives a connected client of its own, for transactions, `LISTEN` or `COPY`. Errors: `CLIENT_MISSING`, and those of `pg`. */
  client(): Promise<PgClient>;
}

/** How long statements that are under way may hold up the end of the connections, in milliseconds. */
const patienceMs = 1000;

/** Makes the fixture of a Postgres endpoint; `close` ends all of its connections, but waits for no statement longer than a second. */
export function postgresFixture(
  endpoint: PostgresEndpoint,
  folders: readonly string[],
  stateOf: (close: () => Promise<void>) => DatabaseState,
): { readonly fixture: PostgresFixture; close(): Promise<void> } {
  const clients = new Set<Client>();
  let pool: { readonly url: string; readonly pool: Pool } | undefined;
  const pg = async () => loadClient('pg', folders) as typeof import('pg');

  const currentPool = async (): Promise<Pool> => {
    const { Pool } = await pg();
    const { url } = endpoint;
    if (pool?.url === url) return pool.pool;
    void pool?.pool.end();
    const next = new Pool({ connectionString: url, max: 4, allowExitOnIdle: true });
    // A server that stops ends idle connections; the next query opens another one.
    next.on('error', () => {});
    pool = { url, pool: next };
    return next;
  };

  const methods: Pick<PostgresFixture, 'query' | 'client'> = {
    query: async <Row>(sql: string, values: readonly unknown[] = []) => {
      const { rows, rowCount } = await (await explained(currentPool())).query(sql, [...values]);
      return { rows: rows as Row[], rowCount };
    },
    client: async () => {
      const { Client } = await explained(pg());
      const client = new Client({ connectionString: endpoint.url });
      client.on('error', () => {});
      await client.connect();
      // Missing in the published types: an idle connection does not keep the process.
      (client as Client & { unref(): void }).unref();
      clients.add(client);
      client.once('end', () => clients.delete(client));
      return client;
    },
  };
  const close = async (): Promise<void> => {
    const open = [...clients].map((client) => client.end());
    if (pool !== undefined) open.push(pool.pool.end());
    pool = undefined;
    // A pool ends after its statements; one that waits for a lock, or for nothing, ends with the lease or its reset, which come next.
    await Promise.race([Promise.allSettled(open), sleep(patienceMs, undefined, { ref: false })]);
  };
  return { fixture: Object.assign(endpoint, methods, stateOf(close)), close };
}
