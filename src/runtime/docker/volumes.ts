import { PortsideError } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { engineFailed, engineStatus } from './engine-error.js';
import { removeVolume } from './erase.js';
import { resourceName } from './names.js';

/** Makes the named volumes that the services mount, and makes sure of external ones. */
export async function createVolumes(context: DockerContext): Promise<void> {
  const mounts = context.plan.services.flatMap((service) => service.definition.mounts);
  const keys = mounts.flatMap((mount) => (mount.type === 'volume' && mount.source !== undefined ? [mount.source] : []));
  // All must have ended before anything is thrown: what was made is then known, and `stop` removes it.
  const results = await Promise.allSettled([...new Set(keys)].map((key) => createVolume(context, key)));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** Removes the volumes that `createVolumes` made. */
export async function removeVolumes(context: DockerContext): Promise<readonly PortsideError[]> {
  const ours = [...context.volumes].filter(([key]) => !context.definition.volumes[key]?.external);
  const removals = ours.map(async ([key, name]) => {
    try {
      await removeVolume(context.engine.client, name);
    } catch (error) {
      return [engineFailed(`remove the volume '${name}'`, error)];
    }
    context.volumes.delete(key);
    return [];
  });
  return (await Promise.all(removals)).flat();
}

async function createVolume(context: DockerContext, key: string): Promise<void> {
  const { client } = context.engine;
  const definition = context.definition.volumes[key] ?? { external: false };
  if (definition.external) {
    const name = definition.name ?? key;
    await client
      .getVolume(name)
      .inspect()
      .catch((error: unknown) => {
        if (engineStatus(error) !== 404) throw engineFailed(`look up the external volume '${name}'`, error);
        throw new PortsideError(
          'ENGINE_FAILED',
          `Cannot use the external volume '${name}': the engine has none of that name.`,
          {
            hint: `Make it with \`docker volume create ${name}\`, or drop \`external\` so that the environment makes its own.`,
          },
        );
      });
    context.volumes.set(key, name);
    return;
  }
  const name = resourceName(context.definition.project, key, definition.name, context.owner);
  // Noted first: a request that fails on its way back may still have made it, and removing what is not there does no harm.
  context.volumes.set(key, name);
  await client
    .createVolume({
      Name: name,
      Driver: definition.driver ?? 'local',
      DriverOpts: { ...definition.driverOptions },
      Labels: { ...definition.labels, ...context.labels, 'com.docker.compose.volume': key },
    })
    .catch((error: unknown) => {
      throw engineFailed(`make the volume '${name}'`, error);
    });
}
