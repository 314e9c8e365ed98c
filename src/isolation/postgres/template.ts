import { makeOwnerRole } from './access.js';
import { readDefaultPrivileges } from './default-privileges.js';
import { withoutSessions } from './end-sessions.js';
import { copyStrategy, readFacts, type ServerFacts } from './facts.js';
import { readMarker, type TemplateMarker } from './marker.js';
import { templateName } from './names.js';
import { takeOwnership } from './ownership.js';
import type { PostgresServer } from './server.js';
import type { Session } from './session.js';
import { SessionPool } from './session-pool.js';
import { readSettings, readUserSchema } from './settings.js';
import { identifier, literal } from './sql.js';

/** Reads what is written on the sealed template, if there is one. */
async function findTemplate(session: Session, attempt: string): Promise<TemplateMarker | undefined> {
  const rows = await session.run(
    attempt,
    `SELECT shobj_description(oid, 'pg_database') FROM pg_database
    WHERE datname = '${templateName}' AND datistemplate AND NOT datallowconn`,
  );
  return readMarker(rows[0]?.[0]);
}

/** What `prepare` has found out or made. */
export interface Prepared {
  readonly facts: ServerFacts;
  readonly marker: TemplateMarker;
  /** False: what leases there are on the server are none of this environment's. */
  readonly isOwn: boolean;
}

/**
 * Finds the template, or makes it from the service's own database as it stands. One that is there is right when it was made in
 * this run of the server, when it was made from the same content, or when it was right before the server was started again
 * (`wasRight`). Errors: `LEASE_FAILED`, `LEASE_UNSUPPORTED`.
 */
export async function prepareTemplate(
  server: PostgresServer,
  content: string | undefined,
  wasRight: boolean,
): Promise<Prepared> {
  const attempt = `prepare leases of service '${server.service}'`;
  const { facts, found } = await server.control.use(async (session) => ({
    facts: await readFacts(session, server.service, attempt),
    found: await findTemplate(session, attempt),
  }));
  const { startedAt } = facts;
  if (found?.startedAt === startedAt) return { facts, marker: found, isOwn: true };
  if (found !== undefined && (wasRight || (content !== undefined && found.content === content))) {
    const marker = { ...found, startedAt };
    await server.control.use((session) => session.run(attempt, comment(marker)));
    return { facts, marker, isOwn: wasRight };
  }
  const made = { portside: 1, content: content ?? null, startedAt } as const;
  return { facts, marker: await makeTemplate(server, attempt, made, copyStrategy(facts)), isOwn: wasRight };
}

/**
 * Makes the template in the place of an older or half-made one, and gives what is written on it. Sessions in the service's own
 * database are ended for the moment of the copy. Nothing stays of a template that could not be finished.
 */
async function makeTemplate(
  server: PostgresServer,
  attempt: string,
  made: Pick<TemplateMarker, 'portside' | 'content' | 'startedAt'>,
  strategy: string,
): Promise<TemplateMarker> {
  const { database } = server.endpoint();
  // A database cannot be copied by a session in it; nobody has reason to be in `template1`.
  const elsewhere = database === 'postgres' ? 'template1' : 'postgres';
  await dropTemplate(server, attempt);
  try {
    await server.control.use((session) => makeOwnerRole(session, attempt));
    const copy = `CREATE DATABASE ${templateName} TEMPLATE ${identifier(database)}${strategy}`;
    const watch = new SessionPool(1, () => server.open(attempt, { database: elsewhere }));
    try {
      await withoutSessions(watch, attempt, `datname = ${literal(database)}`, () =>
        server.within(attempt, { database: elsewhere }, (session) => session.run(attempt, copy)),
      );
    } finally {
      watch.close();
    }
    const marker = { ...made, ...(await settle(server, attempt)) };
    // Its files hold the catalog's cache from now on: whoever connects to a clone first need not build it.
    await server.within(attempt, { database: templateName }, (session) => session.run(attempt, 'SELECT 1'));
    await seal(server, attempt, marker);
    return marker;
  } catch (error) {
    await dropTemplate(server, attempt).catch(() => undefined);
    throw error;
  }
}

/** Makes the copy what a lease is to find. */
async function settle(
  server: PostgresServer,
  attempt: string,
): Promise<Pick<TemplateMarker, 'settings' | 'userSchema' | 'defaultPrivileges'>> {
  const { database } = server.endpoint();
  return server.within(attempt, { database: templateName }, async (session) => {
    await session.run(attempt, 'SET session_replication_role = replica');
    const json = async (sql: string, nothing = '[]') =>
      JSON.parse((await session.run(attempt, sql))[0]?.[0] ?? nothing);
    const settings = await json(readSettings(database));
    const userSchema = await json(readUserSchema, 'null');
    const defaultPrivileges = await json(readDefaultPrivileges);
    const rows = await session.run(attempt, takeOwnership);
    const kept = rows.at(-1)?.[0] ?? '';
    if (kept !== '') {
      const objects = kept.trim().split('\n');
      server.host.log('warn', `Not everything in ${database} could be given to leases`, { objects });
    }
    await session.run(attempt, 'VACUUM');
    return { settings, ...(userSchema === null ? {} : { userSchema }), defaultPrivileges };
  });
}

/** Nobody can connect any more or change it; what has not come so far is never used. */
async function seal(server: PostgresServer, attempt: string, marker: TemplateMarker): Promise<void> {
  await server.control.use(async (session) => {
    await session.run(attempt, comment(marker));
    await session.run(
      attempt,
      `REVOKE ALL ON DATABASE ${templateName} FROM PUBLIC; ALTER DATABASE ${templateName} IS_TEMPLATE true ALLOW_CONNECTIONS false`,
    );
  });
  await withoutSessions(server.control, attempt, `datname = '${templateName}'`, async () => undefined);
}

function comment(marker: TemplateMarker): string {
  return `COMMENT ON DATABASE ${templateName} IS ${literal(JSON.stringify(marker))}`;
}

async function dropTemplate(server: PostgresServer, attempt: string): Promise<void> {
  const find = `SELECT FROM pg_database WHERE datname = '${templateName}'`;
  const found = await server.control.use((session) => session.run(attempt, find));
  if (found.length === 0) return;
  await withoutSessions(server.control, attempt, `datname = '${templateName}'`, () =>
    server.makers.use(async (session) => {
      await session.run(attempt, `ALTER DATABASE ${templateName} IS_TEMPLATE false`);
      await session.run(attempt, `DROP DATABASE ${templateName}`);
    }),
  );
}
