import type { Runtime, RuntimeOptions } from '../runtime.js';
import { findEngine } from './find-engine.js';

/**
 * Connects to the Docker engine that the environment variables lead to, and gives the runtime that runs the plan in it.
 * Throws ENGINE_UNREACHABLE. The client library is loaded only here: importing it takes longer than starting a Redis.
 */
export async function createDockerRuntime(options: RuntimeOptions): Promise<Runtime> {
  const found = options.foundEngine ?? (await findEngine(options.environment));
  if (!found.ok) throw found.error;
  const { connectEngine } = await import('./engine.js');
  const connecting = connectEngine(found, options.environment);
  // The engine answers while the rest is loaded.
  const [{ DockerRuntime }, engine] = await Promise.all([import('./runtime.js'), connecting]);
  return new DockerRuntime(engine, options);
}
