import { PortsideError } from '../../model/index.js';
import type { Session } from './session.js';

/** What the way of leasing depends on. */
export interface ServerFacts {
  /** As `server_version_num`, for example 160004. */
  readonly version: number;
  /** How many connections each lease may have. */
  readonly connectionLimit: number;
  /** When the server was started, in seconds since 1970. */
  readonly startedAt: string;
}

/** Connections that are kept for portside, the service's own clients and its health check. */
const reserve = 10;

/** Gives each lease a quarter of the connections that the server has: four that take all they can leave room for others. */
export function connectionLimit(maxConnections: number, reserved: number): number {
  return Math.min(100, Math.max(10, Math.floor((maxConnections - reserved - reserve) / 4)));
}

/**
 * Asks the server. Errors: `LEASE_UNSUPPORTED` when the service's own user is no superuser, or the server is a standby, older than
 * Postgres 12, or something else that speaks its protocol.
 */
export async function readFacts(session: Session, service: string, attempt: string): Promise<ServerFacts> {
  const unsupported = (why: string, hint: string) =>
    new PortsideError('LEASE_UNSUPPORTED', `Cannot ${attempt}: ${why}.`, { service, hint });
  const answer = await session.query(
    attempt,
    `SELECT current_setting('server_version_num'), rolsuper, current_setting('max_connections'),
      current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true), '0')::int,
      extract(epoch FROM pg_postmaster_start_time())::text, pg_is_in_recovery()
    FROM pg_roles WHERE rolname = current_user`,
  );
  const share = "Or share it between all tests: label it 'portside.isolation: none'.";
  if (!answer.ok) throw unsupported(`its server is no Postgres that can be leased: ${answer.failure.message}`, share);
  const [version, superuser, connections, reserved, startedAt, standby] = answer.rows[0] ?? [];
  if (standby === 't') throw unsupported('its server is a standby of another', share);
  if (superuser !== 't') {
    throw unsupported(
      'the user that it is reached as is no superuser',
      `Name its superuser in the credentials of the service, as POSTGRES_USER is in the official image. ${share}`,
    );
  }
  if (Number(version) < 120_000) {
    throw unsupported(
      `its server is older than Postgres 12. Current value is ${Math.floor(Number(version) / 10_000)}`,
      `Take a newer image. ${share}`,
    );
  }
  const limit = connectionLimit(Number(connections), Number(reserved));
  return { version: Number(version), connectionLimit: limit, startedAt: startedAt ?? '' };
}

/** How databases are copied: file by file where the server would otherwise write every page to its log. */
export function copyStrategy({ version }: ServerFacts): string {
  return version >= 150_000 ? ' STRATEGY FILE_COPY' : '';
}
