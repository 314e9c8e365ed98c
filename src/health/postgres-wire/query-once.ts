import { openPostgres, type PostgresResult, type PostgresTarget } from './connection.js';

/** Opens a session, runs one query and ends the session. Rejects like `openPostgres`. */
export async function queryOnce(target: PostgresTarget, sql: string, signal: AbortSignal): Promise<PostgresResult> {
  const opened = await openPostgres(target, signal);
  if (!opened.ok) return opened;
  try {
    return await opened.connection.query(sql);
  } finally {
    opened.connection.close();
  }
}
