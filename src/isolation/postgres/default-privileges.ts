import { identifier } from './sql.js';

/**
 * SQL that lists what the service's own user has told `ALTER DEFAULT PRIVILEGES`, as a JSON list of what follows the role's name
 * in that statement. Privileges that concern no schema stand in the place of the built-in ones.
 */
export const readDefaultPrivileges = `
WITH kinds(letter, word) AS (
  VALUES ('r', 'TABLES'), ('S', 'SEQUENCES'), ('f', 'FUNCTIONS'), ('T', 'TYPES'), ('n', 'SCHEMAS')
), given AS (
  SELECT d.oid, word, defaclnamespace, defaclacl, defaclrole,
    CASE WHEN defaclnamespace = 0 THEN '' ELSE format(' IN SCHEMA %I', nspname) END AS place
  FROM pg_default_acl AS d JOIN kinds ON letter = defaclobjtype::text LEFT JOIN pg_namespace AS n ON n.oid = defaclnamespace
  WHERE defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)
), statements AS (
  SELECT oid, 0 AS step, format('%s REVOKE ALL ON %s FROM PUBLIC', place, word) AS text FROM given WHERE defaclnamespace = 0
  UNION ALL
  SELECT oid, 1, format('%s GRANT %s ON %s TO %s%s', place, string_agg(privilege_type, ', '), word,
    CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE format('%I', pg_get_userbyid(grantee)) END,
    CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
  FROM given, aclexplode(defaclacl) WHERE grantee <> defaclrole GROUP BY oid, place, word, grantee, is_grantable
)
SELECT coalesce(json_agg(text ORDER BY oid, step), '[]') FROM statements`;

/** Gives SQL that lets them hold for what another role creates. */
export function applyDefaultPrivileges(list: readonly string[], role: string): string {
  return list.map((rest) => `ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(role)}${rest}`).join('; ');
}
