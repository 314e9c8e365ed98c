import { trace } from '../telemetry/trace.js';
import type { EnvironmentHandle } from './handle.js';
import type { OpenOptions } from './open.js';

/**
 * Joins the environment of this source, starting it when nobody has (single flight across processes, D2). What reads the files
 * and starts an agent is loaded only now: a process that merely attaches never needs it.
 * Errors: those of reading the files; `ENGINE_UNREACHABLE`, `NO_RUNTIME`, `AGENT_FAILED`; with `waitFor: 'ready'` the one that the
 * start failed with.
 */
export async function openEnvironment(options: OpenOptions = {}): Promise<EnvironmentHandle> {
  return trace('portside.start', {}, async () => {
    const open = await import('./open.js');
    return open.openEnvironment(options);
  });
}
