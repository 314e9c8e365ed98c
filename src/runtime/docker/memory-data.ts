import { posix } from 'node:path';
import type {
  EnvironmentPlan,
  MountDefinition,
  PlannedService,
  ServiceDefinition,
  TmpfsMount,
  VolumeMount,
} from '../../model/index.js';
import { isDurable, throwawaySettings } from '../server-tuning.js';
import type { ImageFacts } from './image-facts.js';

/** A Postgres as it is started for tests. */
export interface MemoryData {
  /** The service with its data in memory and its server's settings for throwaway data. */
  readonly service: PlannedService;
  /** The data folder. */
  readonly folder: string;
}

/**
 * Puts the data of a Postgres into memory, in place of its image's volume or of the environment's own volume for it, and lets the
 * server write without syncing. `undefined`: the service is durable, or keeps its data where it is for another reason: a folder of
 * the host, an external or shared volume, a memory limit, an image or an entry point that is not known.
 */
export function memoryData(service: PlannedService, image: ImageFacts, plan: EnvironmentPlan): MemoryData | undefined {
  const { definition } = service;
  const folder = definition.environment['PGDATA'] || image.environment['PGDATA'];
  if (definition.kind !== 'postgres' || isDurable(definition) || folder === undefined) return undefined;
  if (definition.entrypoint !== undefined || definition.container.memoryBytes !== undefined) return undefined;
  const command = serverCommand(definition, definition.command ?? image.command);
  const mounts = mountsInMemory(service, folder, image, plan);
  if (command === undefined || mounts === undefined || !isOfficial(image)) return undefined;
  return { folder, service: { ...service, definition: { ...definition, command, mounts } } };
}

/** The official image and those that are built on it. */
function isOfficial({ entrypoint }: ImageFacts): boolean {
  return entrypoint.length === 1 && posix.basename(entrypoint[0] ?? '') === 'docker-entrypoint.sh';
}

/** The command with the settings in front of the service's own; `undefined` when it is not plainly the server. */
function serverCommand(definition: ServiceDefinition, words: readonly string[]): readonly string[] | undefined {
  const [first = '', ...rest] = words;
  const own = first.startsWith('-') ? words : rest;
  if (!first.startsWith('-') && first !== 'postgres') return undefined;
  return ['postgres', ...throwawaySettings(definition, own).flatMap((setting) => ['-c', setting]), ...own];
}

function mountsInMemory(
  service: PlannedService,
  folder: string,
  image: ImageFacts,
  plan: EnvironmentPlan,
): readonly MountDefinition[] | undefined {
  const { mounts, container } = service.definition;
  if ((container.volumesFrom ?? []).length > 0) return undefined;
  const options = tmpfsOptions(container.user ?? image.user);
  const present = covering(mounts, folder);
  if (present?.type === 'tmpfs') return mounts;
  const target = present?.target ?? nearest(image.volumes, folder);
  if (target === undefined || options === undefined) return undefined;
  if (present !== undefined && !(present.type === 'volume' && isOwn(present, service, plan))) return undefined;
  const memory: TmpfsMount = { type: 'tmpfs', target, readOnly: false, options };
  return [...mounts.filter((mount) => mount !== present), memory];
}

/** Whoever is not root needs a folder that is theirs; a name says nothing outside the image. */
function tmpfsOptions(user: string): string | undefined {
  if (user === '' || /^(root|0)(:|$)/.test(user)) return 'exec,mode=1777';
  const [, uid, gid = '0'] = /^(\d+)(?::(\d+))?$/.exec(user) ?? [];
  return uid === undefined ? undefined : `exec,mode=0700,uid=${uid},gid=${gid}`;
}

/** A volume of this environment that no other service sees, and that is nothing but a folder. */
function isOwn({ source, readOnly }: VolumeMount, service: PlannedService, plan: EnvironmentPlan): boolean {
  if (readOnly) return false;
  if (source === undefined) return true;
  const definition = plan.definition.volumes[source];
  const isPlain =
    Object.keys(definition?.driverOptions ?? {}).length === 0 && (definition?.driver ?? 'local') === 'local';
  const users = plan.services.filter(({ definition: { mounts, container } }) => {
    const mounted = mounts.some((mount) => mount.type === 'volume' && mount.source === source);
    const borrowed = container.volumesFrom?.some((entry) => entry.split(':')[0] === service.name);
    return mounted || borrowed === true;
  });
  return definition?.external !== true && isPlain && users.every(({ name }) => name === service.name);
}

function covering(mounts: readonly MountDefinition[], folder: string): MountDefinition | undefined {
  const target = nearest(
    mounts.map((mount) => mount.target),
    folder,
  );
  return mounts.find((mount) => mount.target === target);
}

/** The longest of the paths that hold the folder. */
function nearest(paths: readonly string[], folder: string): string | undefined {
  const holds = (path: string) => `${posix.normalize(`${folder}/`)}`.startsWith(posix.normalize(`${path}/`));
  return paths.filter(holds).sort((a, b) => b.length - a.length)[0];
}
