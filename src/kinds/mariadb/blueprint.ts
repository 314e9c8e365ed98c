import type { Session } from './session.js';
import { identifier, literal, textOf } from './sql.js';

/** What a database consists of, as statements that make it again elsewhere, in their order. */
export interface Blueprint {
  /** The database that rows are copied from. */
  readonly source: string;
  readonly charset: string;
  readonly collation: string;
  /** Sequences and tables, without rows. */
  readonly tables: readonly string[];
  /** For each table that has rows of its own: its name and the columns that are not computed. */
  readonly contents: readonly { readonly table: string; readonly columns: readonly string[] }[];
  /** Functions, procedures, views, triggers and events; those with a definer hold `definerMark` in its place. */
  readonly programs: readonly string[];
}

/** Stands where statements name the user in whose name an object acts. */
export const definerMark = 'DEFINER=`portside`@`lease`';

const definer = /\bDEFINER=(?:`(?:[^`]|``)*`)(?:@`(?:[^`]|``)*`)?/;

/** Reads everything that there is in a database except its rows. */
export async function readBlueprint(session: Session, database: string): Promise<Blueprint> {
  const schema = literal(database);
  const catalog = (columns: string, table: string, of: string, order: string) =>
    session.run(`SELECT ${columns} FROM information_schema.${table} WHERE ${of} = ${schema} ORDER BY ${order}`);
  // Names of the database's own objects come without its name only from inside.
  await session.run(`USE ${identifier(database)}`);
  const create = async (type: string, name: string, column: number): Promise<string> => {
    const [row] = await session.run(`SHOW CREATE ${type} ${identifier(name)}`);
    return textOf(row?.[column]);
  };
  const [own] = await catalog('DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME', 'SCHEMATA', 'SCHEMA_NAME', '1');
  const all = await catalog('TABLE_NAME, TABLE_TYPE', 'TABLES', 'TABLE_SCHEMA', 'TABLE_NAME');
  const columns = await catalog(
    'TABLE_NAME, COLUMN_NAME, IS_GENERATED',
    'COLUMNS',
    'TABLE_SCHEMA',
    'TABLE_NAME, ORDINAL_POSITION',
  );
  const named = (...types: readonly string[]) =>
    all.filter(([, type]) => types.includes(textOf(type))).map(([name]) => textOf(name));
  const columnsOf = (table: string) => columns.filter(([of]) => of === table);
  const tables: string[] = [];
  const contents: Blueprint['contents'][number][] = [];
  for (const name of named('SEQUENCE')) {
    const [row] = await session.run(`SELECT next_not_cached_value FROM ${identifier(name)}`);
    tables.push(await create('SEQUENCE', name, 1), `DO SETVAL(${identifier(name)}, ${row?.[0] ?? '1'}, 0)`);
  }
  for (const name of named('BASE TABLE', 'SYSTEM VERSIONED')) {
    tables.push(unqualified(await create('TABLE', name, 1), database));
    const stored = columnsOf(name).filter(([, , generated]) => generated === 'NEVER');
    contents.push({ table: name, columns: stored.map(([, column]) => textOf(column)) });
  }
  const programs: string[] = [];
  const inMode = (mode: string | null | undefined, sql: string): void => {
    programs.push(
      `SET SESSION sql_mode = ${literal(mode)}`,
      sql.replace(definer, () => definerMark),
    );
  };
  const routines = await catalog('ROUTINE_NAME, ROUTINE_TYPE', 'ROUTINES', 'ROUTINE_SCHEMA', '2, 1');
  for (const [name, type] of routines) {
    const [row] = await session.run(`SHOW CREATE ${type} ${identifier(name)}`);
    inMode(row?.[1], textOf(row?.[2]));
  }
  // One without columns names tables that are gone: it is of no use, and cannot be made again.
  const views = named('VIEW').filter((name) => columnsOf(name).length > 0);
  // Each may use any other: all are there in name before one says what it is.
  for (const name of views) {
    const names = columnsOf(name).map(([, column]) => `1 AS ${identifier(column)}`);
    programs.push(`CREATE VIEW ${identifier(name)} AS SELECT ${names.join(', ')}`);
  }
  for (const name of views) {
    const sql = await create('VIEW', name, 1);
    inMode('', sql.replace(/^CREATE\b/, 'CREATE OR REPLACE'));
  }
  const triggers = await catalog('TRIGGER_NAME', 'TRIGGERS', 'TRIGGER_SCHEMA', 'EVENT_OBJECT_TABLE, ACTION_ORDER');
  for (const [name] of triggers) {
    const [row] = await session.run(`SHOW CREATE TRIGGER ${identifier(name)}`);
    inMode(row?.[1], textOf(row?.[2]));
  }
  for (const [name] of await catalog('EVENT_NAME', 'EVENTS', 'EVENT_SCHEMA', '1')) {
    const [row] = await session.run(`SHOW CREATE EVENT ${identifier(name)}`);
    inMode(row?.[1], textOf(row?.[3]));
  }
  return { source: database, charset: own?.[0] ?? 'utf8mb4', collation: textOf(own?.[1]), tables, contents, programs };
}

/** Defaults that take a number from a sequence name its database, whatever the current one is. */
function unqualified(sql: string, database: string): string {
  return sql.replaceAll(`nextval(${identifier(database)}.`, 'nextval(');
}
