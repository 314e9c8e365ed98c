import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type BindMount, PortsideError } from '../model/index.js';

/** The official image runs the files of its folder in the order of their names; the number keeps the two steps in theirs. */
const orders = { migrations: 10, seed: 90 } as const;

/** One of the steps that fill a new Postgres, as a configuration file gives it. */
export interface InitStep {
  readonly service: string;
  readonly key: keyof typeof orders;
  /** A script, or a folder of scripts; absent: there is no such step. */
  readonly path: string | undefined;
  /** The configuration file. */
  readonly file: string;
}

/**
 * Mounts initialisation scripts where the official image looks for them, so that they run in the order of their paths.
 * Scripts that undo something (`.down.sql`) are left out. Errors: `CONFIG_INVALID` when there is no such file or no script.
 */
export function initScripts({ service, key, path, file }: InitStep): readonly BindMount[] {
  if (path === undefined) return [];
  const root = resolve(dirname(file), path);
  const fail = (why: string): PortsideError =>
    new PortsideError('CONFIG_INVALID', `Cannot use services.${service}.${key}: ${why}. Current value is '${path}'.`, {
      hint: `Looked at ${root}.`,
      service,
      position: { file },
    });
  const stat = statSync(root, { throwIfNoEntry: false });
  if (stat === undefined) throw fail('there is no such file or folder');
  const scripts = stat.isDirectory() ? scriptsIn(root) : [root];
  if (scripts.length === 0) throw fail('the folder holds no .sql, .sql.gz or .sh file');
  return scripts.map((source, index) => ({
    type: 'bind',
    source,
    target: `/docker-entrypoint-initdb.d/${orders[key]}_${String(index + 1).padStart(4, '0')}_${basename(source)}`,
    readOnly: true,
    createHostPath: false,
  }));
}

function scriptsIn(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /\.(sql|sql\.gz|sh)$/.test(entry.name) && !/\.down\.sql(\.gz)?$/.test(entry.name),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
