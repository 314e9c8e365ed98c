import { posix } from 'node:path';
import type { ServiceKind } from '../../model/index.js';
import type { Path } from '../problems.js';
import type { ComposeMount, ComposeService } from '../project/model.js';
import { knownImage } from './known-images.js';
import type { Report } from './report.js';

const portOfKind: Partial<Record<ServiceKind, number>> = { postgres: 5432, redis: 6379 };

/** Where the images of a database (by its port) keep their data. */
const dataFolders: ReadonlyMap<number, readonly string[]> = new Map([
  [5432, ['/var/lib/postgresql/data', '/bitnami/postgresql/data', '/home/postgres/pgdata/data']],
  [6379, ['/data', '/bitnami/redis/data', '/bitnami/valkey/data']],
  [3306, ['/var/lib/mysql', '/bitnami/mysql/data', '/bitnami/mariadb/data']],
  [27_017, ['/data/db', '/bitnami/mongodb/data/db']],
]);

/**
 * Warns of each writable folder of the host that a database server keeps its data in: the stack of `docker compose up` has
 * the same one. `kind`: what the service is; a `worker` starts no server.
 */
export function warnOfSharedData(service: ComposeService, kind: ServiceKind, path: Path, report: Report): void {
  if (kind === 'worker') return;
  const folders = foldersOf(service, kind);
  for (const [index, mount] of (service.volumes ?? []).entries()) {
    if (mount.type !== 'bind' || mount.read_only === true || !folders.some((folder) => holds(mount, folder))) continue;
    const { target = '', source = '' } = mount;
    const message = `${path.join('.')} keeps its server's data in a folder of the host ("${source}" at ${target}), as it does under \`docker compose up\`: tests change these data, and two servers at once destroy them.`;
    const advice = `Mount a named volume at ${target}, of which every environment has its own.`;
    report.warn('SHARED_DATA', [...path, 'volumes', index], `${message} ${advice}`);
  }
}

/** Tells whether the folder in which a service's image keeps its data is mounted. */
export function keepsData(service: ComposeService): boolean {
  const folders = foldersOf(service);
  return (service.volumes ?? []).some((mount) => folders.some((folder) => holds(mount, folder)));
}

function foldersOf({ image = '', environment = {} }: ComposeService, kind?: ServiceKind): readonly string[] {
  const port = knownImage(image)?.port ?? (kind && portOfKind[kind]) ?? 0;
  const folders = dataFolders.get(port) ?? [];
  if (port !== 5432) return folders;
  // From version 18 on the official image has a folder for each version.
  const version = /:(\d+)/.exec(image)?.[1];
  return [
    ...folders,
    `/var/lib/postgresql/${version}/docker`,
    ...(environment['PGDATA'] ? [environment['PGDATA']] : []),
  ];
}

function holds({ target = '' }: ComposeMount, folder: string): boolean {
  return posix.normalize(`${folder}/`).startsWith(posix.normalize(`${target}/`));
}
