import { type PlannedService, PortsideError } from '../../model/index.js';
import type { DockerContext } from './context.js';

export async function buildImage(
  _context: DockerContext,
  service: PlannedService,
  _signal: AbortSignal,
): Promise<string> {
  throw new PortsideError('IMAGE_BUILD_FAILED', `Cannot build the image of the service '${service.name}'.`);
}
