import { identifier, literal } from './sql.js';

/** A setting that the server applies when somebody logs in. */
export interface LoginSetting {
  /** Of the database, or of the user. */
  readonly of: 'database' | 'role';
  readonly name: string;
  readonly value: string;
}

/** Settings whose value is a list of names, kept in quoted form. */
const lists = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
]);

/**
 * Gives SQL that lists the settings that the service's own user meets in the service's own database, as `LoginSetting`s in
 * JSON; what counts more comes later.
 */
export function readSettings(database: string): string {
  return `SELECT coalesce(json_agg(json_build_object('of', CASE WHEN setrole = 0 THEN 'database' ELSE 'role' END,
    'name', split_part(entry, '=', 1), 'value', substr(entry, strpos(entry, '=') + 1)) ORDER BY setdatabase), '[]')
  FROM pg_db_role_setting, unnest(setconfig) AS entry
  WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = ${literal(database)}))
    AND (setrole = (SELECT oid FROM pg_roles WHERE rolname = current_user) OR setrole = 0 AND setdatabase <> 0)`;
}

/** Gives the statements that give a database and a role these settings. */
export function applySettings(settings: readonly LoginSetting[], database: string, role: string): string[] {
  const targets = { database: `ALTER DATABASE ${identifier(database)}`, role: `ALTER ROLE ${identifier(role)}` };
  return settings.map(
    ({ of, name, value }) => `${targets[of]} SET ${identifier(name)} TO ${settingValue(name, value)}`,
  );
}

/** Writes the value that a setting is shown with as SQL takes it. */
export function settingValue(name: string, value: string): string {
  return lists.has(name) && value !== '' ? value : literal(value);
}
