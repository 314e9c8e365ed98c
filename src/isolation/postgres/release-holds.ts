import type { PostgresServer } from './server.js';
import type { Session } from './session.js';
import { identifier, literal } from './sql.js';

/**
 * Ends what keeps databases from being copied, renamed or dropped besides sessions: prepared transactions and subscriptions.
 * `condition`: SQL on `datname`. (A replication slot goes with its database once its walsender has been ended.)
 */
export async function releaseHolds(
  server: PostgresServer,
  session: Session,
  attempt: string,
  condition: string,
): Promise<void> {
  const held = await session.run(
    attempt,
    `SELECT datname FROM pg_database AS d WHERE (${condition}) AND (
      EXISTS (SELECT FROM pg_prepared_xacts WHERE database = datname)
      OR EXISTS (SELECT FROM pg_subscription WHERE subdbid = d.oid))`,
  );
  for (const [name] of held) {
    const database = name ?? '';
    await session.run(attempt, `ALTER DATABASE ${identifier(database)} RESET ALL`);
    await server.within(attempt, { database }, (inside) => release(inside, attempt, database));
  }
}

/** Both can be ended only by a session in the database. */
async function release(session: Session, attempt: string, database: string): Promise<void> {
  const transactions = `SELECT gid FROM pg_prepared_xacts WHERE database = ${literal(database)}`;
  for (const [gid] of await session.run(attempt, transactions)) {
    await session.run(attempt, `ROLLBACK PREPARED ${literal(gid)}`);
  }
  const subscriptions = `SELECT subname FROM pg_subscription AS s JOIN pg_database AS d ON d.oid = subdbid
    WHERE datname = ${literal(database)}`;
  for (const [name] of await session.run(attempt, subscriptions)) {
    const subscription = identifier(name);
    await session.run(attempt, `ALTER SUBSCRIPTION ${subscription} DISABLE`);
    // Without its slot, nobody else needs to be reached to drop it.
    await session.run(attempt, `ALTER SUBSCRIPTION ${subscription} SET (slot_name = NONE)`);
    await session.run(attempt, `DROP SUBSCRIPTION ${subscription}`);
  }
}
