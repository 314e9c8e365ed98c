import type { PlannedService } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { engineFailed, engineStatus } from './engine-error.js';
import { pullImage } from './pull.js';
import { registryAuth } from './registry-auth.js';

/**
 * Pulls the images that a Dockerfile begins from and that need credentials: the builder itself has none. Those that anybody
 * may have are left to the builder.
 */
export async function pullPrivateBases(
  context: DockerContext,
  service: PlannedService,
  dockerfile: string,
  signal: AbortSignal,
): Promise<void> {
  for (const image of baseImages(dockerfile)) {
    if ((await registryAuth(image, context.engine.client, context.environment)) === undefined) continue;
    try {
      await context.engine.client.getImage(image).inspect();
    } catch (error) {
      if (engineStatus(error) !== 404) throw engineFailed(`look up the image '${image}'`, error);
      await pullImage(context, service, image, signal);
    }
  }
}

/** Lists the images that a Dockerfile names in FROM, without its own stages and names that arguments complete. */
export function baseImages(dockerfile: string): readonly string[] {
  const stages = new Set<string>(['scratch']);
  const images = new Set<string>();
  for (const [, image = '', stage] of dockerfile.matchAll(/^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/gim)) {
    if (!stages.has(image) && !image.includes('$')) images.add(image);
    if (stage !== undefined) stages.add(stage);
  }
  return [...images];
}
