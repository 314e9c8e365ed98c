import { withoutSessions } from './end-sessions.js';
import { releaseHolds } from './release-holds.js';
import type { PostgresServer } from './server.js';
import { identifier, literal } from './sql.js';

/**
 * Removes a lease's databases (also its snapshots, and what an interrupted reset has left) and its role, whoever is connected.
 * Gives false when the role has to stay for now, because another lease's suite has granted it something in a database of its own:
 * it cannot log in any more, and goes when it is removed again after that database. Errors: `LEASE_FAILED`.
 */
export async function removeLease(server: PostgresServer, name: string): Promise<boolean> {
  const attempt = `remove database ${name} of service '${server.service}'`;
  const databases = `datname = ${literal(name)} OR datname LIKE ${literal(`${name}\\_%`)}`;
  const role = identifier(name);
  const roleIsThere = `SELECT FROM pg_roles WHERE rolname = ${literal(name)}`;
  return server.makers.use(async (session) => {
    const hasRole = (await session.run(attempt, roleIsThere)).length > 0;
    await releaseHolds(server, session, attempt, databases);
    await withoutSessions(server.control, attempt, `${databases} OR usename = ${literal(name)}`, async () => {
      if (hasRole) await session.run(attempt, `ALTER ROLE ${role} NOLOGIN`);
      const found = await session.run(attempt, `SELECT datname FROM pg_database WHERE ${databases}`);
      for (const [database] of found) await session.run(attempt, `DROP DATABASE ${identifier(database ?? '')}`);
    });
    if (!hasRole) return true;
    // Takes back what was granted on databases of others.
    await session.run(attempt, `DROP OWNED BY ${role}`);
    const dropped = await session.query(attempt, `DROP ROLE ${role}`);
    return dropped.ok || dropped.failure.code !== '2BP01';
  });
}
