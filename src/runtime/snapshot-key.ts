import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { EnvironmentDefinition, MountDefinition, PlannedService } from '../model/index.js';
import { grantedContent } from './granted-content.js';
import { hasKnownInputs, migrationContent } from './migration-inputs.js';

/** Changes when data kept by an earlier version must not be used any more. */
const format = 3;

/** What besides the service itself decides what is in a fresh data folder. */
export interface SnapshotInputs {
  readonly service: PlannedService;
  readonly definition: EnvironmentDefinition;
  /** Environment values that were computed for this start. */
  readonly computed: Readonly<Record<string, string>>;
  /** The data folder. */
  readonly folder: string;
  /** What the server's programs are: an image's id, or paths and versions. */
  readonly programs: unknown;
}

/**
 * Gives the name under which the data of a Postgres are kept, once it is initialised and its init scripts have run: a hash of all
 * that decides them. `undefined`: they may depend on more than can be known, and are never kept. A password that was made for this
 * environment alone is no part of the hash: it is set again at every start.
 */
export function snapshotKey({ service, definition, computed, folder, programs }: SnapshotInputs): string | undefined {
  const { environment, command, entrypoint, credentials, container, mounts } = service.definition;
  if (isUnpredictable(service, computed, folder)) return undefined;
  const content = grantedContent(
    { ...service, definition: { ...service.definition, mounts: ownMounts(service, folder) } },
    definition,
  );
  if (content === undefined) return undefined;
  const { migration } = service.definition;
  const migrated = migration !== undefined && hasKnownInputs(migration) ? migrationContent(migration) : null;
  if (migrated === undefined) return undefined;
  const generated = credentials?.passwordGenerated === true;
  const inputs = {
    format,
    programs,
    command,
    entrypoint,
    environment: Object.entries(environment)
      .filter(([name]) => !(generated && name === 'POSTGRES_PASSWORD'))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    account: [credentials?.user, credentials?.database, generated ? null : credentials?.password],
    container: [container.user, container.groupAdd, container.workingDir, container.platform],
    memory: mounts.flatMap((mount) => (mount.type === 'tmpfs' ? [mount.target] : [])).sort(),
    content,
    migrated,
  };
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 24);
}

/** Values that differ from start to start, and places that others write to. */
function isUnpredictable(
  { definition, dependsOn, readiness }: PlannedService,
  computed: SnapshotInputs['computed'],
  folder: string,
): boolean {
  const { environmentFrom, advertise, foreign, environment, mounts, container, credentials } = definition;
  // What a server prints while it initialises itself would not come.
  if (readiness.some(({ type }) => type === 'log')) return true;
  if (foreign !== undefined || environmentFrom !== undefined || Object.keys(computed).length > 0) return true;
  if (Object.keys(advertise ?? {}).length > 0 || (container.volumesFrom ?? []).length > 0) return true;
  const elsewhere =
    environment['POSTGRES_INITDB_WALDIR'] || /waldir|-X/.test(environment['POSTGRES_INITDB_ARGS'] ?? '');
  if (elsewhere || mounts.some((mount) => mount.type === 'volume' && !holds(mount.target, folder))) return true;
  const scripts = mounts.filter(({ target }) => target.startsWith('/docker-entrypoint-initdb.d'));
  const isSql = ({ target }: MountDefinition) => /\.sql(\.\w+)?$/.test(target);
  const generated = credentials?.passwordGenerated === true;
  // A program may ask another service for something, or use a password that holds only this time.
  if ((dependsOn.length > 0 || generated) && !scripts.every(isSql)) return true;
  return generated && scripts.some(readsVariables);
}

/** Whether a script for psql may use what is in its environment. */
function readsVariables(mount: MountDefinition): boolean {
  if (mount.type !== 'bind' || !mount.target.endsWith('.sql')) return true;
  return /^\s*\\(getenv|set|!|copy|i|ir|include|include_relative|o|g)\b/m.test(readFileSync(mount.source, 'utf8'));
}

function ownMounts({ definition: { mounts } }: PlannedService, folder: string): readonly MountDefinition[] {
  return mounts.filter((mount) => !holds(mount.target, folder));
}

function holds(path: string, folder: string): boolean {
  return `${folder}/`.startsWith(`${path.replace(/\/$/, '')}/`);
}
