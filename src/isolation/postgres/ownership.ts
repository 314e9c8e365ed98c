import { ownerRole } from './names.js';

/**
 * SQL, run in the template before it is sealed, that gives everything in it to the role that all leases' roles are members of, so
 * that a lease owns what it finds without being a superuser. With the superuser stay what only one may own (event triggers and
 * their functions, foreign-data wrappers, publications of all tables) and what is part of something else, such as an extension.
 *
 * `REASSIGN OWNED` is no way: it refuses to take anything from the superuser that the server was initialised with.
 */
export const takeOwnership = `
DO $portside$
DECLARE
  object record;
  left_over text := '';
BEGIN
  FOR object IN
    WITH candidate(class, oid, owner) AS (
      SELECT 'pg_namespace'::regclass, oid, nspowner FROM pg_namespace
        WHERE oid >= 16384 AND nspname !~ '^pg_(toast_)?temp_' OR nspname = 'public'
      UNION ALL SELECT 'pg_class'::regclass, c.oid, relowner FROM pg_class AS c
        WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relpersistence <> 't' AND oid >= 16384
          AND NOT (relkind = 'S' AND EXISTS (SELECT FROM pg_depend
            WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'a'))
      UNION ALL SELECT 'pg_type'::regclass, t.oid, typowner FROM pg_type AS t
        WHERE typtype IN ('b', 'c', 'd', 'e', 'r') AND oid >= 16384
          AND NOT EXISTS (SELECT FROM pg_type AS element WHERE element.typarray = t.oid)
          AND (typrelid = 0 OR EXISTS (SELECT FROM pg_class WHERE pg_class.oid = typrelid AND relkind = 'c'))
      UNION ALL SELECT 'pg_proc'::regclass, oid, proowner FROM pg_proc AS p
        WHERE oid >= 16384 AND NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtfoid = p.oid)
      UNION ALL SELECT 'pg_operator'::regclass, oid, oprowner FROM pg_operator WHERE oid >= 16384
      UNION ALL SELECT 'pg_opclass'::regclass, oid, opcowner FROM pg_opclass WHERE oid >= 16384
      UNION ALL SELECT 'pg_opfamily'::regclass, oid, opfowner FROM pg_opfamily WHERE oid >= 16384
      UNION ALL SELECT 'pg_collation'::regclass, oid, collowner FROM pg_collation WHERE oid >= 16384
      UNION ALL SELECT 'pg_conversion'::regclass, oid, conowner FROM pg_conversion WHERE oid >= 16384
      UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgowner FROM pg_ts_config WHERE oid >= 16384
      UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictowner FROM pg_ts_dict WHERE oid >= 16384
      UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, stxowner FROM pg_statistic_ext WHERE oid >= 16384
      UNION ALL SELECT 'pg_foreign_server'::regclass, oid, srvowner FROM pg_foreign_server
      UNION ALL SELECT 'pg_publication'::regclass, oid, pubowner FROM pg_publication WHERE NOT puballtables
      UNION ALL SELECT 'pg_largeobject'::regclass, oid, lomowner FROM pg_largeobject_metadata
    )
    SELECT (pg_identify_object(class, oid, 0)).type AS kind, (pg_identify_object(class, oid, 0)).identity AS name
    FROM candidate AS c
    WHERE pg_get_userbyid(owner) NOT IN ('${ownerRole}', 'pg_database_owner')
      AND NOT EXISTS (SELECT FROM pg_depend
        WHERE deptype IN ('e', 'i') AND classid = class AND objid = c.oid AND objsubid = 0)
  LOOP
    BEGIN
      EXECUTE format('ALTER %s %s OWNER TO ${ownerRole}', CASE
        WHEN object.kind IN ('function', 'procedure', 'aggregate') THEN 'ROUTINE'
        WHEN object.kind = 'composite type' THEN 'TYPE'
        WHEN object.kind = 'statistics object' THEN 'STATISTICS'
        ELSE object.kind END, object.name);
    EXCEPTION WHEN OTHERS THEN
      left_over := left_over || format(E'%s %s: %s\\n', object.kind, object.name, SQLERRM);
    END;
  END LOOP;
  -- What a lease finds installed is to be like what it can install itself: the extension is its own, the members are not.
  -- There is no ALTER EXTENSION ... OWNER TO. Before version 13 no extension is trusted.
  EXECUTE format('UPDATE pg_extension SET extowner = ''${ownerRole}''::regrole WHERE (extname, extversion) IN
    (SELECT name, version FROM pg_available_extension_versions WHERE NOT superuser %s)',
    CASE WHEN current_setting('server_version_num')::int >= 130000 THEN 'OR trusted' ELSE '' END);
  PERFORM set_config('portside.left_over', left_over, false);
END
$portside$;
SELECT current_setting('portside.left_over')`;
