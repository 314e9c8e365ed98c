import { constants } from 'node:os';
import type Docker from 'dockerode';
import type { ExitInfo } from '../runtime.js';

/** Reads how a container's program ended; `undefined` while it runs. */
export function exitOf(state: Docker.ContainerInspectInfo['State']): ExitInfo | undefined {
  // A container that was created and never started has not ended either.
  if (state.Running || state.Paused || state.Restarting || state.Status === 'created') return undefined;
  return exitInfo(state.ExitCode, state.OOMKilled);
}

/** Makes an exit from its code; above 128 the code says which signal ended the program, as in a shell. */
export function exitInfo(exitCode: number, oomKilled: boolean): ExitInfo {
  const signal = Object.entries(constants.signals).find(([, value]) => value === exitCode - 128)?.[0];
  return { exitCode, oomKilled, ...(signal === undefined ? {} : { signal }) };
}
