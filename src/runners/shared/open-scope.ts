import { relative, sep } from 'node:path';
import type { Isolation, LeaseScope } from '../../model/index.js';
import { explained } from './explain.js';
import {
  type Invitation,
  type Joined,
  joinEnvironment,
  joinedEnvironments,
  type OpenedScope,
  packageFolders,
  type RunnerName,
} from './joined-environment.js';
import { lazySlices, type Slices } from './slices.js';
import { type TestEnvironment, testEnvironment } from './test-environment.js';

/** What a piece of test code belongs to. */
export interface ScopeRequest {
  readonly invitation: Invitation | undefined;
  readonly runner: RunnerName;
  /** Default: the invitation's. */
  readonly scope?: LeaseScope | undefined;
  /** Absolute path of the test file. */
  readonly file?: string | undefined;
  /** What tells the test apart from the others of its file; without it, scope `test` is that of the file. */
  readonly test?: string | undefined;
  readonly isolation?: Readonly<Partial<Record<string, Isolation>>> | undefined;
}

/**
 * Gives the environment of a scope: the same for all code that belongs to the same file (or test), with the same slices; those of a
 * file or test that came before end first, as a process runs one at a time.
 * Errors: `NO_ENVIRONMENT`, `ENVIRONMENT_STOPPED`.
 */
export async function openScope(request: ScopeRequest): Promise<OpenedScope> {
  const { invitation, runner, file, test, isolation } = request;
  const joined = await explained(joinEnvironment(invitation, runner));
  const wanted = request.scope ?? invitation?.scope ?? 'file';
  const scope = wanted === 'test' && test === undefined ? 'file' : wanted;
  const key = JSON.stringify([scope, file, scope === 'test' ? test : '', isolation]);
  const known = joined.scopes.get(key);
  if (known !== undefined) return known;
  const shown =
    file === undefined
      ? undefined
      : relative(invitation?.root ?? '', file)
          .split(sep)
          .join('/');
  const owned = testEnvironment({
    handle: joined.handle,
    folders: packageFolders(invitation),
    slices: slicesOf(scope, joined, { ...request, file: shown }),
    ...(shown === undefined ? {} : { file: shown }),
  });
  const close = async (): Promise<void> => {
    if (joined.scopes.get(key) === opened) joined.scopes.delete(key);
    await owned.close();
  };
  const opened = { environment: owned.environment, close, file, perTest: scope === 'test' };
  const past = [...joined.scopes.values()].filter((other) => other.file !== file);
  joined.scopes.set(key, opened);
  await Promise.all(past.map((other) => other.close()));
  return opened;
}

/** Gives the environment of a scope as tests see it. Errors: as `openScope`. */
export async function environmentOf(request: ScopeRequest): Promise<TestEnvironment> {
  return (await openScope(request)).environment;
}

/** Ends what belongs to a test file, or to its tests alone; without a file, everything that this process or thread has. */
export async function closeScopes(file?: string, only?: 'test'): Promise<void> {
  const joined = await joinedEnvironments();
  const scopes = joined.flatMap((one) => [...one.scopes.values()]);
  const ending = scopes.filter(
    (one) => (file === undefined || one.file === file) && (only === undefined || one.perTest),
  );
  await Promise.all(ending.map((one) => one.close()));
  if (file !== undefined) return;
  const workers = joined.flatMap((one) => [...one.workers.values()]);
  for (const one of joined) one.workers.clear();
  await Promise.all(workers.map((slices) => slices.release()));
}

function slicesOf(scope: LeaseScope, joined: Joined, { invitation, file, isolation }: ScopeRequest): Slices {
  const { handle } = joined;
  const options = {
    services: [],
    ...(isolation === undefined ? {} : { isolation: isolation as Record<string, Isolation> }),
  };
  const lasting = (slices: Slices): Slices => ({ ...slices, release: async () => {} });
  if (scope === 'run' && invitation?.fork !== undefined) {
    const fork = handle.borrow(invitation.fork);
    return { ...lazySlices(async () => fork), fork: async () => fork };
  }
  // What a run shares can only be leased by what outlives its workers: the setup.
  if (scope === 'worker' || scope === 'run') {
    const key = JSON.stringify(isolation ?? {});
    const slices = joined.workers.get(key) ?? lazySlices(() => handle.fork(options), isolation);
    joined.workers.set(key, slices);
    return lasting(slices);
  }
  return lazySlices(() => handle.fork({ ...options, ...(file === undefined ? {} : { file }) }), isolation);
}
