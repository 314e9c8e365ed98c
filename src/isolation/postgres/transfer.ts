import { PortsideError } from '../../model/index.js';
import type { IsolationHost } from '../isolator.js';
import { digestOf } from './digest.js';
import { ownerRole, templateName } from './names.js';
import type { OwnServer } from './own-server.js';
import type { PostgresServer } from './server.js';
import type { Session } from './session.js';
import { identifier, textOf } from './sql.js';

/** Copies a database by the client programs of the server's version, or newer ones; exit code 127 when there are none. */
const script = [
  'PATH="$1:$PATH"; export PATH',
  'command -v pg_dump > /dev/null && command -v psql > /dev/null || exit 127',
  'version=$(pg_dump --version); version=${version#*) }; [ "${version%%[!0-9]*}" -ge "$4" ] || exit 127',
  'file=$(mktemp) || exit 1',
  `pg_dump --no-owner --dbname="$2" --file="$file" && psql -X -q -v ON_ERROR_STOP=1 --dbname="$3" --file="$file" > /dev/null`,
  'code=$?; rm -f "$file"; exit $code',
].join('\n');

/** Roles of the service's server that another one may lack, as statements. */
const roles = `SELECT format('CREATE ROLE %I WITH %s %s %s %s %s %s CONNECTION LIMIT %s PASSWORD %L', rolname,
    CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END, CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
    CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END, CASE WHEN rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END,
    CASE WHEN rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
    rolconnlimit, rolpassword)
  FROM pg_authid WHERE oid >= 16384 AND rolname !~ '^lease_'`;
const memberships = `SELECT format('GRANT %I TO %I%s', g.rolname, m.rolname, CASE WHEN admin_option THEN ' WITH ADMIN OPTION' ELSE '' END)
  FROM pg_auth_members JOIN pg_roles AS g ON g.oid = roleid JOIN pg_roles AS m ON m.oid = member
  WHERE m.oid >= 16384 AND m.rolname !~ '^lease_' AND m.rolname <> '${ownerRole}'`;

/**
 * Brings the service's own database in a lease's server into the state of the template in the service's server. A server that has
 * just been initialised, or that began with kept data, often has that state already; otherwise it is copied with `pg_dump`.
 * `clone`: name for a database that is made in the service's server for this and dropped again.
 */
export async function bringState(
  source: PostgresServer,
  target: OwnServer,
  clone: string,
  attempt: string,
  signal: AbortSignal,
): Promise<void> {
  const drop = (session: Session) => session.run(attempt, `DROP DATABASE IF EXISTS ${identifier(clone)}`);
  try {
    await source.makers.use((session) =>
      session.run(attempt, `CREATE DATABASE ${identifier(clone)} TEMPLATE ${templateName}`),
    );
    const digest = (server: PostgresServer, database: string) =>
      server.within(attempt, { database }, (session) => digestOf(session, attempt));
    const own = target.server.endpoint().database;
    const [wanted, present] = await Promise.all([digest(source, clone), digest(target.server, own)]);
    if (wanted === present) return;
    const statements = await source.control.use(async (session) => [
      ...(await session.run(attempt, roles)),
      ...(await session.run(attempt, memberships)),
    ]);
    // Those that are there already are refused.
    await target.server.control.use(async (session) => {
      for (const [statement] of statements) await session.query(attempt, textOf(statement));
    });
    await target.bringBack(attempt, 'template0');
    await dump(source, target, clone, attempt, signal);
  } finally {
    await source.makers.use(drop).catch(() => undefined);
  }
}

async function dump(
  source: PostgresServer,
  { copy, server }: OwnServer,
  clone: string,
  attempt: string,
  signal: AbortSignal,
): Promise<void> {
  const from = innerUrl(source.host, source.service, clone);
  const programs = `SELECT setting, current_setting('server_version_num')::int / 10000 FROM pg_config WHERE name = 'BINDIR'`;
  const rows = await server.control.use((session) => session.run(attempt, programs));
  const [folder, major] = rows[0] ?? [];
  const words = ['sh', '-c', script, 'sh', folder ?? '', from, copy.inner.url, major ?? ''];
  const { exitCode, output } = await copy.exec(words, signal);
  if (exitCode === 0) return;
  const details = { service: server.service, logs: output.trim().split('\n').slice(-20) };
  if (exitCode === 127) {
    throw new PortsideError(
      'LEASE_UNSUPPORTED',
      `Cannot ${attempt}: its database was filled after the start, and there is no pg_dump of its version to copy it with.`,
      { ...details, hint: "Install Postgres's client programs of that version, or fill the database by init scripts." },
    );
  }
  throw new PortsideError('LEASE_FAILED', `Cannot ${attempt}: its database could not be copied.`, {
    ...details,
    hint: 'Look at the output of pg_dump and psql.',
  });
}

function innerUrl(host: IsolationHost, service: string, database: string): string {
  const endpoint = host.inner()[service] ?? host.endpoint();
  return endpoint.url.replace(/\/[^/]*$/, `/${encodeURIComponent(database)}`);
}
