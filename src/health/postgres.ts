import type { Credentials } from '../model/index.js';
import { openPostgres, passwordNeeded } from './postgres-wire/index.js';
import { reasonOf } from './reason.js';
import { notReady, type ProbeResult, ready } from './target.js';

/**
 * Finds a Postgres server ready when it lets the user in and answers `SELECT 1`. When no password is known, a server
 * that asks for one counts as ready: one that is still starting refuses before it asks.
 */
export async function probePostgres(
  host: string,
  port: number,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const { user = 'postgres', password, database = user } = credentials;
  try {
    const opened = await openPostgres({ address: { host, port }, user, password, database }, signal);
    if (!opened.ok) {
      const { severity, message } = opened.failure;
      return severity === passwordNeeded ? ready : notReady(message);
    }
    try {
      const result = await opened.connection.query('SELECT 1');
      return result.ok ? ready : notReady(result.failure.message);
    } finally {
      opened.connection.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    return notReady(reasonOf(error));
  }
}
