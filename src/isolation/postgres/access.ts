import { isLeaseName, ownerRole, templateName } from './names.js';
import type { Session } from './session.js';
import { identifier } from './sql.js';

/** Roles that can log in, are neither superusers nor a lease's, and were let into the service's databases like everybody. */
const clients = `SELECT rolname FROM pg_roles WHERE rolcanlogin AND NOT rolsuper AND NOT (${isLeaseName('rolname')})`;

const openDatabases = `SELECT datname FROM pg_database WHERE datallowconn AND has_database_privilege('public', oid, 'CONNECT')
  AND datname <> '${templateName}' AND NOT (${isLeaseName('datname')})`;

/** SQL that prepares, for a session, what `listOpenDatabases` runs. */
export const prepareListing = `PREPARE portside_open AS ${openDatabases}`;

/** SQL that lists the databases that everybody can connect to, in a session with `prepareListing`. */
export const listOpenDatabases = 'EXECUTE portside_open';

/**
 * Keeps the leases' roles out of all databases that are not theirs: everybody (`PUBLIC`) may connect to a database unless that is
 * revoked. Roles that exist now may go on connecting. Fast when nothing is to do; not to be called twice at the same time.
 */
export async function closeDatabases(session: Session, attempt: string): Promise<void> {
  const databases = (await session.run(attempt, openDatabases)).map(([name]) => identifier(name));
  if (databases.length === 0) return;
  const roles = (await session.run(attempt, clients)).map(([name]) => identifier(name));
  const statements = databases.flatMap((database) => [
    ...(roles.length === 0 ? [] : [`GRANT CONNECT ON DATABASE ${database} TO ${roles.join(', ')}`]),
    `REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`,
  ]);
  await session.run(attempt, statements.join('; '));
}

/**
 * Roles that a lease may become with `SET ROLE`, as the service's own user can: those that nobody logs in as and that have no
 * power beyond a database, neither themselves nor through a role that they are members of.
 */
const harmless = `
WITH RECURSIVE reach(role, other) AS (
  SELECT oid, oid FROM pg_roles
  UNION SELECT role, roleid FROM reach JOIN pg_auth_members ON member = other
)
SELECT rolname FROM pg_roles AS r
WHERE rolname <> '${ownerRole}' AND NOT pg_has_role('${ownerRole}', oid, 'MEMBER')
  AND NOT EXISTS (SELECT FROM reach JOIN pg_roles AS o ON o.oid = other WHERE role = r.oid AND (o.oid < 16384
    OR o.rolcanlogin OR o.rolsuper OR o.rolcreatedb OR o.rolcreaterole OR o.rolreplication
    OR EXISTS (SELECT FROM pg_database WHERE datdba = o.oid) OR EXISTS (SELECT FROM pg_tablespace WHERE spcowner = o.oid)))`;

/** Makes the role that owns what leases find, if it is not there, and a member of the roles that leases may become. */
export async function makeOwnerRole(session: Session, attempt: string): Promise<void> {
  const known = await session.run(attempt, `SELECT FROM pg_roles WHERE rolname = '${ownerRole}'`);
  // NOINHERIT: a lease must ask for another role's privileges by SET ROLE, and never has those of connecting elsewhere.
  if (known.length === 0) await session.run(attempt, `CREATE ROLE ${ownerRole} NOLOGIN NOINHERIT`);
  const roles = (await session.run(attempt, harmless)).map(([name]) => identifier(name));
  if (roles.length > 0) await session.run(attempt, `GRANT ${roles.join(', ')} TO ${ownerRole}`);
}
