import type { Runtime, RuntimeOptions } from '../runtime.js';
import { findEngine } from './find-engine.js';

/**
 * Connects to the Docker engine that the environment variables lead to, and gives the runtime that runs the plan in it.
 * Throws ENGINE_UNREACHABLE. The client library is loaded only here: importing it takes longer than starting a Redis.
 */
export async function createDockerRuntime(options: RuntimeOptions): Promise<Runtime> {
  const [found, { connectEngine }, { DockerRuntime }] = await Promise.all([
    options.foundEngine ?? findEngine(options.environment),
    import('./engine.js'),
    import('./runtime.js'),
  ]);
  if (!found.ok) throw found.error;
  return new DockerRuntime(await connectEngine(found, options.environment), options);
}
