import { createHash } from 'node:crypto';
import type { Session } from './session.js';

/** Objects of users: neither the system's own nor an extension's. */
const own = (catalog: string, column: string) =>
  `${column} >= 16384 AND NOT EXISTS (SELECT FROM pg_depend WHERE deptype = 'e' AND classid = '${catalog}'::regclass AND objid = ${column})`;

/** What a database is made of, one line each, whoever owns it. */
const lines = `
SELECT concat_ws(' ', 'schema', nspname) FROM pg_namespace WHERE ${own('pg_namespace', 'oid')} AND nspname !~ '^pg_'
UNION ALL SELECT concat_ws(' ', 'extension', extname, extversion) FROM pg_extension
UNION ALL SELECT concat_ws(' ', 'relation', c.oid::regclass, relkind, relrowsecurity, attnum, attname, format_type(atttypid, atttypmod),
    attnotnull, attidentity, pg_get_expr(adbin, adrelid))
  FROM pg_class AS c LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef ON adrelid = c.oid AND adnum = attnum WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND ${own('pg_class', 'c.oid')}
UNION ALL SELECT concat_ws(' ', 'view', oid::regclass, pg_get_viewdef(oid)) FROM pg_class WHERE relkind IN ('v', 'm') AND ${own('pg_class', 'oid')}
UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, contypid::regtype, conname, pg_get_constraintdef(oid)) FROM pg_constraint
  WHERE oid >= 16384
UNION ALL SELECT concat_ws(' ', 'index', pg_get_indexdef(indexrelid)) FROM pg_index WHERE indexrelid >= 16384 AND ${own('pg_class', 'indrelid')}
UNION ALL SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT concat_ws(' ', 'event trigger', evtname, evtevent, evtfoid::regproc) FROM pg_event_trigger
UNION ALL SELECT concat_ws(' ', 'rule', pg_get_ruledef(oid)) FROM pg_rewrite WHERE oid >= 16384 AND ${own('pg_class', 'ev_class')}
UNION ALL SELECT concat_ws(' ', 'policy', polrelid::regclass, polname, polcmd, polroles::regrole[], pg_get_expr(polqual, polrelid),
  pg_get_expr(polwithcheck, polrelid)) FROM pg_policy
UNION ALL SELECT concat_ws(' ', 'routine', oid::regprocedure, CASE WHEN prokind <> 'a' THEN pg_get_functiondef(oid) END) FROM pg_proc
  WHERE ${own('pg_proc', 'oid')}
UNION ALL SELECT concat_ws(' ', 'operator', oid::regoperator, oprcode) FROM pg_operator WHERE ${own('pg_operator', 'oid')}
UNION ALL SELECT concat_ws(' ', 'type', oid::regtype, typtype, typnotnull, typdefault, format_type(typbasetype, typtypmod)) FROM pg_type
  WHERE typtype IN ('d', 'e', 'r') AND ${own('pg_type', 'oid')}
UNION ALL SELECT concat_ws(' ', 'label', enumtypid::regtype, enumlabel, row_number() OVER (PARTITION BY enumtypid ORDER BY enumsortorder))
  FROM pg_enum
UNION ALL SELECT concat_ws(' ', 'sequence', schemaname, sequencename, last_value, increment_by) FROM pg_sequences
UNION ALL SELECT concat_ws(' ', 'publication', pubname, puballtables) FROM pg_publication
UNION ALL SELECT concat_ws(' ', 'published', pubname, schemaname, tablename) FROM pg_publication_tables
UNION ALL SELECT concat_ws(' ', 'large object', oid) FROM pg_largeobject_metadata
UNION ALL SELECT concat_ws(' ', 'grant', c.oid::regclass, grantee::regrole, privilege_type) FROM pg_class AS c, aclexplode(relacl)
  WHERE grantee <> relowner AND ${own('pg_class', 'c.oid')}
UNION ALL SELECT concat_ws(' ', 'role', rolname, rolsuper, rolcanlogin, rolcreatedb, rolcreaterole, rolbypassrls) FROM pg_roles
  WHERE rolname !~ '^(pg_|portside_|lease_)'
ORDER BY 1`;

const tables = `SELECT c.oid::regclass FROM pg_class AS c WHERE relkind IN ('r', 'm') AND relispopulated AND ${own('pg_class', 'c.oid')} ORDER BY 1`;

/**
 * Gives a hash of what is in the database of a session, and of the roles of its server: two with the same hash hold the same, up to
 * comments and storage options. Owners and the settings of databases do not count.
 */
export async function digestOf(session: Session, attempt: string): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(await session.run(attempt, lines)));
  for (const [table] of await session.run(attempt, tables)) {
    const rows = `SELECT count(*), sum(hashtextextended(t::text, 0)) FROM ONLY ${table} AS t`;
    hash.update(JSON.stringify([table, await session.run(attempt, rows)]));
  }
  return hash.digest('hex');
}
