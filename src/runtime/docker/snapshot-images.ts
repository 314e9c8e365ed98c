import type Docker from 'dockerode';
import type { SnapshotInfo } from '../../model/index.js';
import type { HostEnvironment } from './docker-config.js';
import { engineStatus } from './engine-error.js';
import { findEngine } from './find-engine.js';
import { label } from './labels.js';

const repository = 'portside-snapshot';

/** Gives the name of the image that keeps a snapshot. */
export function snapshotReference(key: string): string {
  return `${repository}:${key}`;
}

/** Lists the snapshots that the engine keeps. */
export async function listSnapshotImages(client: Docker): Promise<readonly SnapshotInfo[]> {
  const images = await client.listImages({ filters: { label: [label.snapshot] } });
  return images.flatMap(({ Labels, Created, RepoTags }) => {
    const key = Labels?.[label.snapshot];
    if (key === undefined || !RepoTags?.includes(snapshotReference(key))) return [];
    return [
      {
        key,
        runtime: 'docker' as const,
        service: Labels[label.snapshotService] ?? '',
        from: Labels[label.snapshotImage] ?? '',
        bytes: Number(Labels[label.snapshotBytes]),
        createdAt: Created * 1000,
      },
    ];
  });
}

/** Gives when a snapshot that the engine keeps was made, in milliseconds since 1970; `undefined` when it keeps none of that key. */
export async function snapshotCreatedAt(client: Docker, key: string): Promise<number | undefined> {
  try {
    const { Config, Created } = await client.getImage(snapshotReference(key)).inspect();
    return Config.Labels?.[label.snapshot] === key ? Date.parse(Created) : undefined;
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    throw error;
  }
}

/** Keeps what is in a stopped container as the image of a snapshot. */
export async function commitSnapshot(
  container: Docker.Container,
  snapshot: Omit<SnapshotInfo, 'runtime' | 'createdAt'>,
): Promise<void> {
  const labels = {
    // The image has the labels of the container: nobody is to take what is started from it for its dead owner's.
    [label.agent]: '',
    [label.instance]: '',
    [label.key]: '',
    [label.snapshot]: snapshot.key,
    [label.snapshotService]: snapshot.service,
    [label.snapshotImage]: snapshot.from,
    [label.snapshotBytes]: String(snapshot.bytes),
  };
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value).replaceAll('$', '\\$')}`);
  await container.commit({ repo: repository, tag: snapshot.key, changes: `LABEL ${pairs.join(' ')}`, pause: false });
}

/** Removes a snapshot; `false`: it was gone, or a container still uses it. */
export async function removeSnapshotImage(client: Docker, key: string): Promise<boolean> {
  try {
    await client.getImage(snapshotReference(key)).remove();
    return true;
  } catch (error) {
    if ([404, 409].includes(engineStatus(error) ?? 0)) return false;
    throw error;
  }
}

/** Lists the snapshots of the engine that the environment variables lead to; none when no engine answers. */
export async function listDockerSnapshots(environment: HostEnvironment): Promise<readonly SnapshotInfo[]> {
  return (await withEngine(environment, listSnapshotImages)) ?? [];
}

/** Removes a snapshot from the engine that the environment variables lead to; `false`: it was gone, or is in use. */
export async function removeDockerSnapshot(key: string, environment: HostEnvironment): Promise<boolean> {
  return (await withEngine(environment, (client) => removeSnapshotImage(client, key))) ?? false;
}

async function withEngine<T>(
  environment: HostEnvironment,
  work: (client: Docker) => Promise<T>,
): Promise<T | undefined> {
  const found = await findEngine(environment);
  if (!found.ok) return undefined;
  const { connectClient } = await import('./client.js');
  const { client, close } = connectClient(found.address);
  try {
    return await work(client);
  } finally {
    close();
  }
}
