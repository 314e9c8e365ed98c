import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionPool } from './session-pool.js';

/** After this many milliseconds the statement that waits for a session to end says itself that it did not. */
const patienceMs = 5000;

/** How long a statement is left alone between two looks at who is in its way, in milliseconds. */
const restMs = 50;

/** Ends the sessions that meet an SQL condition on `pg_stat_activity`, and waits until they are gone. */
async function endSessions(
  control: SessionPool,
  attempt: string,
  condition: string,
  signal?: AbortSignal,
): Promise<void> {
  const sql = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE (${condition}) AND pid <> pg_backend_pid()`;
  for (let waited = 0, step = 2; waited < patienceMs; waited += step, step = Math.min(step * 2, 50)) {
    const rows = await control.use((session) => session.run(attempt, sql));
    if (rows[0]?.[0] === '0' || signal?.aborted) return;
    await sleep(step);
  }
}

/**
 * Does work that must find no session in a database, while a client may connect again and again: a statement of the work that
 * locks the database waits for those that were quicker than it, and these are ended meanwhile. A session is never in the way
 * of the others for longer than a tenth of a second, the step in which Postgres looks again. `control`: sessions elsewhere;
 * `areSome`: false where a look has just shown that there is none; `statements`: how many the work has, each of which may take its time.
 */
export async function withoutSessions<Value>(
  control: SessionPool,
  attempt: string,
  condition: string,
  work: () => Promise<Value>,
  { areSome = true, statements = 1 } = {},
): Promise<Value> {
  if (areSome) await endSessions(control, attempt, condition);
  const done = new AbortController();
  let stopped: Promise<void> | undefined;
  // Most work is done before that: until then it costs one timer.
  const late = setTimeout(() => {
    stopped = keepEnding(control, attempt, condition, done.signal).catch(() => undefined);
  }, restMs * statements);
  try {
    return await work();
  } finally {
    clearTimeout(late);
    if (stopped !== undefined) done.abort();
    await stopped;
  }
}

async function keepEnding(control: SessionPool, attempt: string, condition: string, done: AbortSignal): Promise<void> {
  for (;;) {
    await endSessions(control, attempt, condition, done);
    await sleep(restMs, undefined, { signal: done });
  }
}
