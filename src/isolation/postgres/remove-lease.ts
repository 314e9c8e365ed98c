import { withoutSessions } from './end-sessions.js';
import { databasesOf, leaseStatus } from './lease-status.js';
import { releaseHolds } from './release-holds.js';
import type { PostgresServer } from './server.js';
import type { Session } from './session.js';
import { identifier, literal } from './sql.js';

/**
 * Removes a lease's databases and its role, whoever is connected. Gives false when the role has to stay for now, because another
 * lease's suite has granted it something in a database of its own: it cannot log in any more, and goes when it is removed
 * again after that database. Errors: `LEASE_FAILED`.
 */
export async function removeLease(server: PostgresServer, name: string): Promise<boolean> {
  const attempt = `remove database ${name} of service '${server.service}'`;
  const condition = `${databasesOf(name)} OR usename = ${literal(name)}`;
  return server.makers.use(async (session) => {
    const { hasRole, databases, isHeld, hasSessions } = await leaseStatus(session, attempt, name);
    if (isHeld) await releaseHolds(server, session, attempt, databasesOf(name));
    const drop = async () => {
      for (const database of databases) await session.run(attempt, `DROP DATABASE ${identifier(database)}`);
    };
    await withoutSessions(server.control, attempt, condition, drop, { areSome: hasSessions });
    return !hasRole || dropRole(session, attempt, identifier(name));
  });
}

async function dropRole(session: Session, attempt: string, role: string): Promise<boolean> {
  const dropped = await session.query(attempt, `DROP ROLE ${role}`);
  if (dropped.ok) return true;
  await session.run(attempt, `ALTER ROLE ${role} NOLOGIN`);
  // Takes back what was granted on databases of others.
  await session.run(attempt, `DROP OWNED BY ${role}`);
  return (await session.query(attempt, `DROP ROLE ${role}`)).ok;
}
