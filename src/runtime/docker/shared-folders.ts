import type Docker from 'dockerode';
import type { PlannedService } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { engineStatus } from './engine-error.js';

/** Gives a copy what the volumes hold that its service shares with others: they may have left there what it needs. */
export async function copySharedFolders(
  context: DockerContext,
  of: string,
  container: Docker.Container,
  signal: AbortSignal,
): Promise<void> {
  const { services } = context.plan;
  const original = context.records.all().find(({ service }) => service.name === of);
  const planned = services.find(({ name }) => name === of);
  if (original === undefined || planned === undefined) return;
  for (const folder of sharedFolders(planned, services)) {
    signal.throwIfAborted();
    const content = await contentOf(context.engine.client.getContainer(original.id), folder);
    if (content !== undefined) await container.putArchive(content, { path: folder });
  }
}

/** The data of a server are its own, whoever else looks at them. */
function sharedFolders(service: PlannedService, services: readonly PlannedService[]): readonly string[] {
  const { kind, mounts } = service.definition;
  if (kind !== 'http' && kind !== 'worker') return [];
  const isShared = (source: string) =>
    services.some(
      ({ name, definition }) =>
        name !== service.name && definition.mounts.some((mount) => mount.type === 'volume' && mount.source === source),
    );
  return mounts.flatMap((mount) =>
    mount.type === 'volume' && !mount.readOnly && mount.source !== undefined && isShared(mount.source)
      ? [mount.target]
      : [],
  );
}

/** The folder as an archive; `undefined` when the container or the folder is gone. */
async function contentOf(container: Docker.Container, folder: string): Promise<NodeJS.ReadableStream | undefined> {
  try {
    return await container.getArchive({ path: `${folder}/.` });
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    throw error;
  }
}
