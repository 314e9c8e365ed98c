import { reasonOf } from './reason.js';
import { notReady, type ProbeResult, type ProbeTarget, ready } from './target.js';

/** Finds a service ready when a command run inside it ends with exit code 0. */
export async function probeExec(
  command: readonly string[],
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeResult> {
  if (target.exec === undefined) return notReady('no command can be run inside this service');
  try {
    const { exitCode, output } = await target.exec(command, signal);
    if (exitCode === 0) return ready;
    const last = output.trim().split('\n').at(-1)?.trim();
    return notReady(`the health check ended with exit code ${exitCode}${last ? `: ${last.slice(0, 200)}` : ''}`);
  } catch (error) {
    signal.throwIfAborted();
    return notReady(reasonOf(error));
  }
}
