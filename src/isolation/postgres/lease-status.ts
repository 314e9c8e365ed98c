import type { Session } from './session.js';
import { literal } from './sql.js';

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
  const of = (kind: string) => rows.filter(([first]) => first === kind).map(([, second]) => second ?? '');
  return {
    hasRole: of('role').length > 0,
    databases: of('database'),
    isHeld: of('hold').length > 0,
    hasSessions: of('session').length > 0,
  };
}
