import { type Blueprint, definerMark } from './blueprint.js';
import { granted, identifier, literal } from './sql.js';

/** A body may end with a comment. */
const separator = '\n;\n';

/** Nothing is checked that was checked when the source was filled, and rows are read without locking them. */
const quickly = [
  'SET SESSION foreign_key_checks = 0, unique_checks = 0, check_constraint_checks = 0',
  "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', max_statement_time = 0",
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

/**
 * Gives the statements, to be sent at once, that make a database as the blueprint says, with its source's rows in it. `user`: in
 * whose name its views, routines, triggers and events act; absent: it is only a source for others, and needs none of these.
 */
export function copyStatements(blueprint: Blueprint, target: string, user?: string): string {
  const { source, charset, collation, tables, contents } = blueprint;
  const programs = user === undefined ? [] : blueprint.programs;
  const collate = collation === '' ? '' : ` COLLATE ${collation}`;
  const definer = `DEFINER=${identifier(user)}@\`%\``;
  const rows = contents.map(({ table, columns }) => {
    const list = columns.map(identifier).join(', ');
    const from = `${identifier(source)}.${identifier(table)}`;
    return `INSERT INTO ${identifier(table)} (${list}) SELECT ${list} FROM ${from}`;
  });
  return [
    ...quickly,
    `CREATE DATABASE ${identifier(target)} CHARACTER SET ${charset}${collate}`,
    `USE ${identifier(target)}`,
    ...tables,
    ...(rows.length === 0 ? [] : ['START TRANSACTION', ...rows, 'COMMIT']),
    ...programs.map((sql) => sql.replace(definerMark, () => definer)),
  ].join(separator);
}

/** Gives a statement that makes a login with all rights in the database, and nowhere else. */
export function userStatements(user: string, password: string, database: string, connections: number): string {
  const account = `${literal(user)}@'%'`;
  const limit = `WITH MAX_USER_CONNECTIONS ${connections}`;
  return [
    `CREATE USER ${account} IDENTIFIED BY ${literal(password)} ${limit}`,
    `GRANT ALL ON ${granted(database)}.* TO ${account}`,
  ].join(separator);
}
