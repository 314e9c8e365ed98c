import { attachEnvironment } from '../../agent/attach.js';
import type { EnvironmentHandle } from '../../agent/index.js';
import { PortsideError } from '../../model/index.js';

/** Test runners that have a setup module. */
export type RunnerName = 'vitest' | 'jest';

/** What a runner's setup tells the processes that run its tests. */
export interface Invitation {
  /** Path of the agent's socket. */
  readonly socket: string;
  /** Folder in which the project's own packages are found. */
  readonly root: string;
}

const handles = Symbol.for('portside.joined');

/** Kept on the thread's global object: a runner may load this module once per test file, and one stream is enough. */
type Joined = typeof globalThis & { [handles]?: Map<string, Promise<EnvironmentHandle>> };

/**
 * Joins the environment that the runner's setup started, once for each process or thread. It keeps neither the process alive
 * nor the environment up: the setup's session does that, and ends as the last one.
 * Errors: `NO_ENVIRONMENT` without an invitation, `ENVIRONMENT_STOPPED` when it has ended.
 */
export function joinEnvironment(invitation: Invitation | undefined, runner: RunnerName): Promise<EnvironmentHandle> {
  if (invitation === undefined) return Promise.reject(uninvited(runner));
  const { socket } = invitation;
  const thread: Joined = globalThis;
  thread[handles] ??= new Map();
  const joined = thread[handles];
  const known = joined.get(socket);
  if (known !== undefined) return known;
  const forget = (): void => {
    if (joined.get(socket) === attempt) joined.delete(socket);
  };
  const attempt = attach(socket, forget);
  joined.set(socket, attempt);
  return attempt;
}

/** Reads the invitation that a setup left in the environment variables. */
export function invitationFrom(environment: Readonly<Record<string, string | undefined>>): Invitation | undefined {
  const socket = environment['PORTSIDE_SOCKET'];
  if (socket === undefined || socket === '') return undefined;
  return { socket, root: environment['PORTSIDE_ROOT'] ?? process.cwd() };
}

/** Gives the folders in which the project's own packages are looked for. */
export function packageFolders(invitation: Invitation | undefined): readonly string[] {
  return [...new Set([invitation?.root ?? process.cwd(), process.cwd()])];
}

async function attach(socket: string, forget: () => void): Promise<EnvironmentHandle> {
  try {
    const handle = await attachEnvironment({ socket, hold: false, unref: true });
    handle.onLost(forget);
    return handle;
  } catch (error) {
    forget();
    if (PortsideError.is(error)) throw error;
    throw new PortsideError('ENVIRONMENT_STOPPED', `Cannot join the environment: no agent answers at ${socket}.`, {
      hint: "Somebody ran 'portside down', or the agent was ended. Run the tests again.",
      cause: error,
    });
  }
}

function uninvited(runner: RunnerName): PortsideError {
  return new PortsideError(
    'NO_ENVIRONMENT',
    'Cannot use an environment: none was started for this process. Current value of PORTSIDE_SOCKET is undefined.',
    {
      hint: `Add globalSetup: 'portside/${runner}/setup' to the runner's configuration, with host 'agent' (the default).`,
    },
  );
}
