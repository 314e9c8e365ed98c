import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Where a statement is run. */
export interface QueryTarget {
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
}

/** Runs one statement and gives the values of its rows; waits for a server that does not take connections yet. */
export async function queryWhenReady(target: QueryTarget, sql: string): Promise<unknown[][]> {
  for (;;) {
    const client = new pg.Client({ host: '127.0.0.1', ...target });
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      const { code } = error as { code?: string };
      // Refused, broken off by the port's forwarder, or starting up.
      if (code !== undefined && !['ECONNREFUSED', 'ECONNRESET', '57P03'].includes(code)) throw error;
      await sleep(20);
      continue;
    }
    try {
      return (await client.query({ text: sql, rowMode: 'array' })).rows;
    } finally {
      await client.end();
    }
  }
}
