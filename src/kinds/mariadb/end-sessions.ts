import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from './session.js';
import { literal } from './sql.js';

/** After this many milliseconds whatever waits for the end of a user's connections goes on, and says itself what is in the way. */
const patienceMs = 5000;

/** Lets a user in no more, and ends all connections of it. */
export async function shutOut(session: Session, user: string): Promise<void> {
  await session.run(`ALTER USER IF EXISTS ${literal(user)}@'%' ACCOUNT LOCK`);
  const count = `SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = ${literal(user)}`;
  for (let waited = 0, step = 2; waited < patienceMs; waited += step, step = Math.min(step * 2, 50)) {
    const [row] = await session.run(count);
    if (row?.[0] === '0') return;
    // There may be none any more.
    await session.run(`KILL HARD USER ${literal(user)}@'%'`).catch(() => undefined);
    await sleep(step);
  }
}
