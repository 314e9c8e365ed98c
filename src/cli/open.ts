import { agentPaths, type EnvironmentHandle, openEnvironment } from '../agent/index.js';
import { stateFolder } from '../config/index.js';
import type { LeaseScope, ServiceProgress } from '../model/index.js';
import type { Invocation } from './invocation.js';
import { isSettled } from './output/phase-text.js';
import { progressView } from './output/progress-view.js';
import { sourceOf } from './source.js';

/** How a command holds the environment that it opens. */
export interface OpenRequest {
  /** What `ps` shows as the owner of the session. */
  readonly client: string;
  readonly detached?: boolean;
  /** Hears how long leases of fixtures last there. */
  readonly onScope?: (scope: LeaseScope) => void;
  /** Absolute path of a file that a trace of the start is written to. */
  readonly trace?: string;
}

/** Opens the environment and waits until every service is ready, showing warnings and progress on standard error. */
export async function openForCommand(
  { context, options, output }: Invocation,
  { client, detached = false, onScope, trace }: OpenRequest,
): Promise<EnvironmentHandle> {
  const view = await progressView(context, output);
  // Of an environment that runs already, only what is still to come is shown.
  let past: ServiceProgress[] | undefined = [];
  try {
    return await openEnvironment({
      source: sourceOf(context, options),
      client,
      detached,
      ...(trace === undefined ? {} : { trace }),
      signal: context.interrupts.signal,
      onProgress: (progress) => {
        if (past === undefined) view.update(progress);
        else past.push(progress);
      },
      onWarning: (warning) => view.note(output.warningText(warning)),
      onAttached: ({ key, agentPid, started, scope }) => {
        onScope?.(scope);
        if (!started) view.note('joined the running environment');
        if (!started && trace !== undefined) view.note('there is no start to trace');
        for (const progress of past ?? []) if (started || !isSettled(progress)) view.update(progress);
        past = undefined;
        if (output.verbose && agentPid !== null) {
          view.note(`agent ${agentPid}, log ${agentPaths(stateFolder(context.environment), key).log}`);
        }
      },
    });
  } finally {
    view.end();
  }
}
