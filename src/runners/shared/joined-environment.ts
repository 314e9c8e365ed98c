import { attachEnvironment } from '../../agent/attach.js';
import type { EnvironmentHandle } from '../../agent/index.js';
import { type ForkDocument, type LeaseScope, PortsideError } from '../../model/index.js';
import type { Slices } from './slices.js';
import type { OwnedTestEnvironment } from './test-environment.js';

/** Test runners that have a module of their own. */
export type RunnerName = 'vitest' | 'jest' | 'node-test' | 'playwright' | 'mocha';

/** What a runner's setup tells the processes that run its tests. */
export interface Invitation {
  /** Path of the agent's socket. */
  readonly socket: string;
  /** Folder in which the project's own packages are found, and from which test files are named. */
  readonly root: string;
  /** How long a lease lasts where a test does not say. */
  readonly scope: LeaseScope;
  /** What the setup has leased for the whole run, with scope `run`. */
  readonly fork?: ForkDocument;
}

/** The environment of one file or test. */
export interface OpenedScope extends OwnedTestEnvironment {
  /** Absolute path. */
  readonly file: string | undefined;
  /** Whether it belongs to one test of the file. */
  readonly perTest: boolean;
}

/** An environment that this process has joined, with what its tests have of it. */
export interface Joined {
  readonly handle: EnvironmentHandle;
  /** By what they belong to. */
  readonly scopes: Map<string, OpenedScope>;
  /** What belongs to this worker as a whole, by how services are isolated. */
  readonly workers: Map<string, Slices>;
}

const symbol = Symbol.for('portside.joined');

/**
 * Kept on the thread's process object: a runner may load this module once per test file, in a global context of its own each time,
 * and one stream is enough.
 */
const thread: { [symbol]?: Map<string, Promise<Joined>> } = process as never;

/**
 * Joins the environment that the runner's setup started, once for each process or thread. It keeps neither the process alive
 * nor the environment up: the setup's session does that, and ends as the last one.
 * Errors: `NO_ENVIRONMENT` without an invitation, `ENVIRONMENT_STOPPED` when it has ended.
 */
export function joinEnvironment(invitation: Invitation | undefined, runner: RunnerName): Promise<Joined> {
  if (invitation === undefined) return Promise.reject(uninvited(runner));
  const { socket } = invitation;
  thread[symbol] ??= new Map();
  const joined = thread[symbol];
  const known = joined.get(socket);
  if (known !== undefined) return known;
  const forget = (): void => {
    if (joined.get(socket) === attempt) joined.delete(socket);
  };
  const attempt = attach(socket, runner, forget);
  joined.set(socket, attempt);
  return attempt;
}

/** Gives every environment that this process or thread has joined and that still runs. */
export async function joinedEnvironments(): Promise<readonly Joined[]> {
  const attempts = await Promise.allSettled(thread[symbol]?.values() ?? []);
  return attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
}

/** Gives the folders in which the project's own packages are looked for. */
export function packageFolders(invitation: Invitation | undefined): readonly string[] {
  return [...new Set([invitation?.root ?? process.cwd(), process.cwd()])];
}

async function attach(socket: string, client: RunnerName, forget: () => void): Promise<Joined> {
  try {
    const handle = await attachEnvironment({ socket, client, hold: false, unref: true });
    handle.onLost(forget);
    return { handle, scopes: new Map(), workers: new Map() };
  } catch (error) {
    forget();
    throw error;
  }
}

function uninvited(runner: RunnerName): PortsideError {
  const file = runner === 'mocha' ? `require: 'portside/mocha'` : `globalSetup: 'portside/${runner}/setup'`;
  return new PortsideError(
    'NO_ENVIRONMENT',
    'Cannot use an environment: none was started for this process. Current value of PORTSIDE_SOCKET is undefined.',
    {
      hint: `Add ${file} to the runner's configuration, and leave portside's host at 'agent', its default: 'inline' has no fixtures.`,
    },
  );
}
