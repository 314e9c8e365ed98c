import type { Session } from './session.js';
import { literal, textOf } from './sql.js';

/** What there is of a lease on its server. */
export interface LeaseStatus {
  readonly hasRole: boolean;
  /** Its own database, its snapshots, and what an interrupted reset has left. */
  readonly databases: readonly string[];
  /** Whether one of them has a prepared transaction or a subscription. */
  readonly isHeld: boolean;
  /** Whether a session is in one of them, or its role's anywhere. */
  readonly hasSessions: boolean;
}

/** SQL condition on `datname`: a database of the lease. */
export function databasesOf(name: string): string {
  return `(datname = ${literal(name)} OR datname LIKE ${literal(`${name}\\_%`)})`;
}

/** SQL that prepares, for a session, the look that removals begin with: planning it takes longer than running it. */
export const prepareLook = `PREPARE portside_plain(text[]) AS SELECT d.datname
  FROM pg_database AS d JOIN pg_authid AS r ON r.rolname = d.datname
  WHERE d.datname = ANY ($1)
    AND NOT EXISTS (SELECT FROM pg_database AS other WHERE starts_with(other.datname, d.datname || '_'))
    AND NOT EXISTS (SELECT FROM pg_prepared_xact() AS x WHERE x.dbid = d.oid)
    AND NOT EXISTS (SELECT FROM pg_subscription WHERE subdbid = d.oid)
    AND NOT EXISTS (SELECT FROM pg_stat_get_activity(NULL) AS a WHERE a.datid = d.oid OR a.usesysid = r.oid)`;

/** Gives those leases of which there is a role and a database and nothing else: no other database, no hold and no session. */
export async function plainAmong(session: Session, attempt: string, names: readonly string[]): Promise<string[]> {
  const rows = await session.run(attempt, `EXECUTE portside_plain(ARRAY[${names.map(literal).join(', ')}])`);
  return rows.map(([name]) => name ?? '');
}

/** Looks at all of it in one query. */
export async function leaseStatus(session: Session, attempt: string, name: string): Promise<LeaseStatus> {
  const rows = await session.run(
    attempt,
    `WITH own AS (SELECT oid, datname FROM pg_database WHERE ${databasesOf(name)})
    SELECT 'role', rolname FROM pg_roles WHERE rolname = ${literal(name)}
    UNION ALL SELECT 'database', datname FROM own
    UNION ALL SELECT 'hold', database FROM pg_prepared_xacts WHERE database IN (SELECT datname FROM own)
    UNION ALL SELECT 'hold', subname FROM pg_subscription WHERE subdbid IN (SELECT oid FROM own)
    UNION ALL SELECT 'session', pid::text FROM pg_stat_activity
      WHERE (datname IN (SELECT datname FROM own) OR usename = ${literal(name)}) AND pid <> pg_backend_pid()`,
  );
  const of = (kind: string) => rows.filter(([first]) => first === kind).map(([, second]) => textOf(second));
  return {
    hasRole: of('role').length > 0,
    databases: of('database'),
    isHeld: of('hold').length > 0,
    hasSessions: of('session').length > 0,
  };
}
