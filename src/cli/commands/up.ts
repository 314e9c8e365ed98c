import { closeSync, lstatSync, openSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EnvironmentHandle } from '../../agent/index.js';
import type { PortsideError } from '../../model/index.js';
import type { UpOptions } from '../declarations.js';
import { exitCodes } from '../exit-code.js';
import { followChanges } from '../follow-changes.js';
import type { Invocation } from '../invocation.js';
import { openForCommand } from '../open.js';
import { servicesTable } from '../output/services-table.js';
import { usageError } from '../usage-error.js';

/** Starts or joins the environment, shows its addresses, and holds it until Ctrl-C; with `--detach` until `portside down`. */
export async function up(invocation: Invocation<UpOptions>): Promise<number> {
  const { context, options, output } = invocation;
  const { interrupts } = context;
  const detached = options.detach ?? false;
  const environment = await openForCommand(invocation, { client: 'up', detached, ...traceOf(invocation) });
  try {
    const document = await environment.document();
    output.result(document, () => servicesTable(document.services, { colors: output.out }));
    if (detached) {
      output.note(`${environment.project} goes on running; portside down, with the same options, stops it.`);
      return exitCodes.ok;
    }
    output.note('Press Ctrl-C to stop.');
    const unfollow = followChanges(environment, (text) => output.note(text));
    const lost = await endOf(environment, interrupts.signal);
    unfollow();
    if (lost === undefined) {
      output.note(`stopping ${environment.project}`);
      return interrupts.exitCode;
    }
    output.failureBeside(lost);
    return exitCodes.failed;
  } finally {
    await environment.close();
  }
}

/**
 * Finds out at once whether the file can be written: that is not for the agent to find out. What is in it stays; only a start
 * writes it.
 */
function traceOf({ context, options }: Invocation<UpOptions>): { readonly trace?: string } {
  if (options.trace === undefined) return {};
  const trace = resolve(context.cwd, options.trace);
  try {
    const isNew = lstatSync(trace, { throwIfNoEntry: false }) === undefined;
    closeSync(openSync(trace, 'a'));
    if (isNew) rmSync(trace);
  } catch (error) {
    throw usageError(
      `the trace cannot be written: ${(error as Error).message}.`,
      'Name a file in a folder that is there.',
    );
  }
  return { trace };
}

/** Waits until the user interrupts, or until the environment is gone; then gives the reason. */
function endOf(environment: EnvironmentHandle, signal: AbortSignal): Promise<PortsideError | undefined> {
  return new Promise((resolve) => {
    environment.onLost(resolve);
    signal.addEventListener('abort', () => resolve(undefined));
    if (signal.aborted) resolve(undefined);
  });
}
