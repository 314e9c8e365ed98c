import type Docker from 'dockerode';
import type { PlannedService } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { engineStatus } from './engine-error.js';
import type { ImageFacts } from './image-facts.js';
import { type MemoryData, memoryData } from './memory-data.js';
import { snapshotReference } from './snapshot-images.js';
import { packing, unpacking } from './snapshot-program.js';

/** One way to create a service's container. */
export interface ServerStart {
  readonly service: PlannedService;
  readonly image: ImageFacts;
  /** The folder in memory where data are made anew: nothing of the image may be in it. */
  readonly folder?: string;
  /** The snapshot that holds such data; absent where none is possible. */
  readonly key?: string;
  /** Set when the container begins with the snapshot's data. */
  readonly kept?: boolean;
}

/** Gives the ways in which a service can be started, the quickest first; the last one always works. */
export async function serverStarts(
  context: DockerContext,
  service: PlannedService,
  image: ImageFacts,
  computed: Readonly<Record<string, string>>,
): Promise<readonly [ServerStart, ...ServerStart[]]> {
  const asIs = { service, image };
  const data = memoryData(service, image, context.plan);
  if (data === undefined) return [asIs];
  const { folder } = data;
  const key = context.kept.keyOf(data, image, computed);
  const inMemory = { service: data.service, image, folder, ...(key === undefined ? {} : { key }) };
  if (key === undefined) return [inMemory, asIs];
  if (context.kept.isMaking) return [{ ...inMemory, service: packing(data, image) }, asIs];
  return (await context.kept.has(key)) ? [fromSnapshot(data, image, key), inMemory, asIs] : [inMemory, asIs];
}

function fromSnapshot(data: MemoryData, image: ImageFacts, key: string): ServerStart {
  const isPasswordNew = data.service.definition.credentials?.passwordGenerated === true;
  return {
    service: unpacking(data, image, isPasswordNew),
    image: { ...image, reference: snapshotReference(key) },
    key,
    kept: true,
  };
}

/** Tells whether an image brings data of its own, which a folder in memory would hide. */
export async function bringsData(container: Docker.Container, folder: string): Promise<boolean> {
  try {
    await container.infoArchive({ path: `${folder}/PG_VERSION` });
    return true;
  } catch (error) {
    if (engineStatus(error) === 404) return false;
    throw error;
  }
}
