import { agentPaths, type EnvironmentHandle, openEnvironment } from '../agent/index.js';
import { stateFolder } from '../config/index.js';
import type { Invocation } from './invocation.js';
import { progressView } from './output/progress-view.js';
import { sourceOf } from './source.js';

/** How a command holds the environment that it opens. */
export interface OpenRequest {
  /** What `ps` shows as the owner of the session. */
  readonly client: string;
  readonly detached?: boolean;
}

/** Opens the environment and waits until every service is ready, showing warnings and progress on standard error. */
export async function openForCommand(
  { context, options, output }: Invocation,
  { client, detached = false }: OpenRequest,
): Promise<EnvironmentHandle> {
  const view = await progressView(context, output);
  try {
    return await openEnvironment({
      source: sourceOf(context, options),
      client,
      detached,
      signal: context.interrupts.signal,
      onProgress: (progress) => view.update(progress),
      onWarning: (warning) => view.note(output.warningText(warning)),
      onAttached: ({ key, agentPid, started }) => {
        if (!started) view.note('joined the running environment');
        if (output.verbose && agentPid !== null) {
          view.note(`agent ${agentPid}, log ${agentPaths(stateFolder(context.environment), key).log}`);
        }
      },
    });
  } finally {
    view.end();
  }
}
