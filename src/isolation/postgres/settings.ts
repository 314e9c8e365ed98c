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

/** A schema named as the service's user, which `"$user"` in a `search_path` finds. */
export interface UserSchema {
  readonly name: string;
  /** The user's `search_path` where neither the database nor the user has one set. */
  readonly usualPath: string;
}

/** SQL that gives the schema named as the session's user, if there is one, as `UserSchema` in JSON. */
export const readUserSchema = `SELECT json_build_object('name', nspname, 'usualPath', reset_val)
  FROM pg_namespace, pg_settings WHERE nspname = current_user AND name = 'search_path'`;

/** Gives the settings for a role of another name: `"$user"` in a `search_path` goes on to mean the service's user. */
export function settingsForOther(
  settings: readonly LoginSetting[],
  schema: UserSchema | undefined,
): readonly LoginSetting[] {
  if (schema === undefined) return settings;
  const isPath = ({ name }: LoginSetting) => name === 'search_path';
  const usual = { of: 'role', name: 'search_path', value: schema.usualPath } as const;
  const all = settings.some(isPath) ? settings : [...settings, usual];
  const rename = (path: string) => path.replace(/"\$user"|(?<![\w"$])\$user(?![\w"$])/g, () => identifier(schema.name));
  return all.map((setting) => (isPath(setting) ? { ...setting, value: rename(setting.value) } : setting));
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
