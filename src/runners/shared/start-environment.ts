import { type EnvironmentHandle, openEnvironment } from '../../agent/index.js';
import type { EnvironmentSource } from '../../environment/index.js';
import { explainedSetup } from './explain.js';
import type { Invitation } from './joined-environment.js';
import { setVariables } from './process-variables.js';
import { createReporter } from './reporter.js';

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
 * addresses as environment variables of this process, whose children inherit them.
 * Errors: those of the start, in the form that a runner's report shows well.
 */
export async function startEnvironment(
  root: string,
  client: string,
  { host, ...source }: SetupOptions,
): Promise<StartedEnvironment> {
  const reporter = createReporter((line) => void process.stderr.write(`${line}\n`));
  const begin = performance.now();
  let handle: EnvironmentHandle;
  try {
    handle = await openEnvironment({
      source: { ...source, cwd: root, environment: process.env },
      client,
      ...(host === undefined ? {} : { host }),
      onAttached: reporter.onAttached,
      onProgress: reporter.onProgress,
      onWarning: reporter.onWarning,
    });
  } catch (error) {
    throw explainedSetup(error);
  }
  reporter.done(handle, performance.now() - begin);
  const invitation = handle.socket === null ? undefined : { socket: handle.socket, root };
  const variables = {
    ...handle.variables(),
    ...(invitation === undefined ? {} : { PORTSIDE_SOCKET: invitation.socket, PORTSIDE_ROOT: root }),
  };
  const restore = setVariables(process.env, variables);
  return {
    handle,
    variables,
    invitation,
    close: () => {
      restore();
      return handle.close();
    },
  };
}
