import { closeDatabases, listOpenDatabases } from './access.js';
import { applyDefaultPrivileges } from './default-privileges.js';
import { withoutSessions } from './end-sessions.js';
import type { ServerFacts } from './facts.js';
import { copyStrategy } from './facts.js';
import { type LeaseRole, letIn, roleAttributes } from './lease-role.js';
import { leaseStatus } from './lease-status.js';
import { ownerRole, templateName } from './names.js';
import { releaseHolds } from './release-holds.js';
import type { PostgresServer } from './server.js';
import { identifier, literal } from './sql.js';

/** What the databases of one lease are made with. */
export interface LeaseDatabaseOptions {
  readonly server: PostgresServer;
  readonly facts: ServerFacts;
  readonly role: LeaseRole;
  /** What `ALTER DEFAULT PRIVILEGES` was told in the template. */
  readonly defaultPrivileges: readonly string[];
}

/** Makes the role and its database as a clone of the template. */
export async function createLease(options: LeaseDatabaseOptions, attempt: string): Promise<void> {
  const { server, role } = options;
  const lease = identifier(role.name);
  const finish = [
    `CREATE ROLE ${lease} ${roleAttributes(role)} IN ROLE ${ownerRole}`,
    `ALTER DATABASE ${lease} OWNER TO ${lease}`,
    letIn(role),
    listOpenDatabases,
  ].join('; ');
  await server.makers.use(async (session) => {
    // Two transactions, since the first statement must be one of its own. Where that fails the rest fails as well.
    const [, open = []] = await session.runAll(attempt, [clone(options, templateName, role.name), finish]);
    // Not before somebody leases: whoever does not is to find the service as its files describe it.
    if (open.length > 0) await server.control.use((other) => closeDatabases(other, attempt));
    if (options.defaultPrivileges.length > 0) await privilege(options, attempt, role.name);
  });
}

/**
 * Puts a clone of the template, or of a snapshot, in the place of the lease's database; its sessions are ended. Until the clone
 * is made the old one stays as it is, also when making it fails.
 */
export async function replaceLease(options: LeaseDatabaseOptions, attempt: string, source: string): Promise<void> {
  const { server, role } = options;
  const [database, next, old] = [role.name, `${role.name}_next`, `${role.name}_old`];
  const swap = [
    `ALTER DATABASE ${identifier(database)} RENAME TO ${identifier(old)}`,
    `ALTER DATABASE ${identifier(next)} RENAME TO ${identifier(database)}`,
    // The suite may have changed its own password and settings.
    `ALTER ROLE ${identifier(role.name)} ${roleAttributes(role)}`,
    `ALTER ROLE ${identifier(role.name)} RESET ALL`,
    letIn(role),
  ].join('; ');
  await server.makers.use(async (session) => {
    const status = await leaseStatus(session, attempt, role.name);
    for (const left of [next, old].filter((name) => status.databases.includes(name))) {
      await session.run(attempt, `DROP DATABASE ${identifier(left)}`);
    }
    await session.run(attempt, `${clone(options, source, next)} OWNER ${identifier(role.name)}`);
    const needsPrivileges = source === templateName && options.defaultPrivileges.length > 0;
    if (needsPrivileges) {
      await session.run(attempt, `ALTER DATABASE ${identifier(next)} ALLOW_CONNECTIONS true`);
      await privilege(options, attempt, next);
    }
    if (status.isHeld) await releaseHolds(server, session, attempt, `datname = ${literal(database)}`);
    const both = `datname IN (${literal(database)}, ${literal(next)})`;
    const areSome = status.hasSessions || needsPrivileges;
    await withoutSessions(server.control, attempt, both, () => session.run(attempt, swap), { areSome });
    await session.run(attempt, `DROP DATABASE ${identifier(old)}`);
  });
}

/** Copies the lease's database to another of its databases; its sessions are ended. */
export async function keepLease(options: LeaseDatabaseOptions, attempt: string, target: string): Promise<void> {
  const { server, role } = options;
  const here = `datname = ${literal(role.name)}`;
  await server.makers.use(async (session) => {
    const { isHeld, hasSessions } = await leaseStatus(session, attempt, role.name);
    if (isHeld) await releaseHolds(server, session, attempt, here);
    const copy = () => session.run(attempt, `${clone(options, role.name, target)} OWNER ${identifier(role.name)}`);
    await withoutSessions(server.control, attempt, here, copy, { areSome: hasSessions });
  });
}

/** Gives SQL that makes a clone that nobody can connect to yet: everybody could until that is revoked. */
function clone({ facts }: LeaseDatabaseOptions, source: string, target: string): string {
  const options = `TEMPLATE ${identifier(source)} ALLOW_CONNECTIONS false${copyStrategy(facts)}`;
  return `CREATE DATABASE ${identifier(target)} ${options}`;
}

/** Default privileges are told for each role that creates things, in each database. */
async function privilege(options: LeaseDatabaseOptions, attempt: string, database: string): Promise<void> {
  const { server, role, defaultPrivileges } = options;
  await server.within(attempt, { database }, (session) =>
    session.run(attempt, applyDefaultPrivileges(defaultPrivileges, role.name)),
  );
}
