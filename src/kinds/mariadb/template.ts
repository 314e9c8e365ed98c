import { type Blueprint, readBlueprint } from './blueprint.js';
import { copyStatements } from './copy.js';
import type { Session } from './session.js';
import { identifier, literal } from './sql.js';

/** The copy of the service's own database that every lease begins as. Nobody but `root` has rights on it. */
const templateName = 'portside_template';

/** Name of a lease's database and of its user. */
export function leaseName(id: string): string {
  return `lease_${id}`;
}

const isLease = "REGEXP '^lease_[0-9a-z]{10}(_|$)'";

/** What leases are made from. */
export interface Template {
  readonly blueprint: Blueprint;
  /** How many connections one lease may have, so that none exhausts the server's. */
  readonly connections: number;
}

/** Copies the service's own database, and removes what an earlier environment has left on the same data. */
export async function makeTemplate(session: Session, database: string | undefined): Promise<Template> {
  const databases = await session.run(
    `SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME ${isLease}`,
  );
  const users = await session.run(`SELECT User, Host FROM mysql.user WHERE User ${isLease}`);
  for (const [name] of [...databases, [templateName]]) {
    await session.run(`DROP DATABASE IF EXISTS ${identifier(name)}`);
  }
  for (const [user, host] of users) await session.run(`DROP USER IF EXISTS ${literal(user)}@${literal(host)}`);
  const [limits] = await session.run('SELECT @@max_connections');
  const connections = Math.max(5, Math.min(100, Math.floor(Number(limits?.[0] ?? 0) / 4)));
  if (database === undefined) {
    const [server] = await session.run('SELECT @@character_set_server, @@collation_server');
    const [charset, collation] = [server?.[0] ?? 'utf8mb4', server?.[1] ?? ''];
    const blueprint = { source: templateName, charset, collation, tables: [], contents: [], programs: [] };
    await session.run(copyStatements(blueprint, templateName));
    return { blueprint, connections };
  }
  const blueprint = await readBlueprint(session, database);
  await session.run(copyStatements(blueprint, templateName));
  return { blueprint: { ...blueprint, source: templateName }, connections };
}

/** Whether the template is still there: data in memory go with the server that held them. */
export async function hasTemplate(session: Session): Promise<boolean> {
  const sql = `SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${literal(templateName)}`;
  return (await session.run(sql)).length > 0;
}
