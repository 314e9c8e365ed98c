import { attachEnvironment, type EnvironmentHandle, type Fork, openEnvironment } from '../../agent/index.js';
import type { EnvironmentSource } from '../../environment/index.js';
import type { LeaseScope } from '../../model/index.js';
import { explainedSetup } from './explain.js';
import { invitationFrom, invitationVariables } from './invitation-variables.js';
import type { Invitation } from './joined-environment.js';
import { setVariables } from './process-variables.js';
import { createReporter, type Reporter } from './reporter.js';

/** What a project may say about its environment in a setup file of its own; everything is optional. */
export interface SetupOptions extends Omit<EnvironmentSource, 'cwd' | 'environment'> {
  /** Where the environment lives. Default: `PORTSIDE_HOST`, or `agent`. */
  readonly host?: 'agent' | 'inline';
}

/** An environment that a runner's setup holds open. */
export interface StartedEnvironment {
  readonly handle: EnvironmentHandle;
  /** The addresses as environment variables, `PORTSIDE_SOCKET` and `PORTSIDE_ROOT` among them. */
  readonly variables: Readonly<Record<string, string>>;
  /** What the processes that run the tests need to join; `undefined` with host `inline`. */
  readonly invitation: Invitation | undefined;
  /** Takes the variables back and ends the session; the last session's end stops the environment. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts or joins the environment of the project folder for a whole test run, telling so on standard error, and sets its
 * addresses as environment variables of this process, whose children inherit them. Inside of `portside run` it joins the
 * environment of that, unless the options name another one. With scope `run` it leases for the whole run.
 * Errors: those of the start, in the form that a runner's report shows well.
 */
export async function startEnvironment(
  root: string,
  client: string,
  options: SetupOptions,
): Promise<StartedEnvironment> {
  const reporter = createReporter((line) => void process.stderr.write(`${line}\n`));
  const begin = performance.now();
  let opened: Opened | undefined;
  let fork: Fork | undefined;
  try {
    opened = (await joinRun(client, options, reporter)) ?? (await open(root, client, options, reporter));
    if (opened.scope === 'run') fork = await opened.handle.fork();
  } catch (error) {
    await opened?.handle.close().catch(() => undefined);
    throw explainedSetup(error);
  }
  const { handle, scope } = opened;
  reporter.done(handle, performance.now() - begin);
  const { socket } = handle;
  const leased = fork?.document;
  const invitation =
    socket === null ? undefined : { socket, root, scope, ...(leased === undefined ? {} : { fork: leased }) };
  const variables = {
    ...handle.variables(fork),
    ...(invitation === undefined ? {} : invitationVariables(invitation)),
  };
  const restore = setVariables(process.env, variables);
  return {
    handle,
    variables,
    invitation,
    close: async () => {
      restore();
      await handle.close().catch(reporter.onLeft);
    },
  };
}

interface Opened {
  readonly handle: EnvironmentHandle;
  readonly scope: LeaseScope;
}

async function open(
  root: string,
  client: string,
  { host, ...source }: SetupOptions,
  reporter: Reporter,
): Promise<Opened> {
  let scope: LeaseScope = 'file';
  const handle = await openEnvironment({
    source: { ...source, cwd: root, environment: process.env },
    client,
    ...(host === undefined ? {} : { host }),
    onAttached: (attached) => {
      ({ scope } = attached);
      reporter.onAttached(attached);
    },
    onProgress: reporter.onProgress,
    onWarning: reporter.onWarning,
  });
  return { handle, scope };
}

/** Joins the environment of the `portside run` that this process runs in, if there is one and the options name no other. */
async function joinRun(client: string, options: SetupOptions, reporter: Reporter): Promise<Opened | undefined> {
  const socket = process.env['PORTSIDE_RUN'];
  if (!socket || Object.keys(options).length > 0) return undefined;
  const handle = await attachEnvironment({ socket, client }).catch(() => undefined);
  if (handle === undefined) return undefined;
  await handle.ready();
  reporter.onAttached({ started: false });
  for (const step of handle.progress()) reporter.onProgress(step);
  return { handle, scope: invitationFrom(process.env)?.scope ?? 'file' };
}
