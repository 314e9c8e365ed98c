import type { ServiceDefinition } from '../../model/index.js';
import type { HostEnvironment } from './docker-config.js';

/**
 * Gives the platform that a service's image is built and pulled for: its own, else `DOCKER_DEFAULT_PLATFORM` of the host.
 * `undefined`: the engine's. What `build.platforms` names besides is for images that are published.
 */
export function platformOf(
  { container }: Pick<ServiceDefinition, 'container'>,
  environment: HostEnvironment,
): string | undefined {
  return container.platform ?? (environment['DOCKER_DEFAULT_PLATFORM'] || undefined);
}
