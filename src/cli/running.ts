import { type EnvironmentHandle, findEnvironment, joinEnvironment, listEnvironments } from '../agent/index.js';
import { resolveDefinition } from '../environment/index.js';
import { type EnvironmentDocument, PortsideError, unlessAborted } from '../model/index.js';
import type { CliContext } from './context.js';
import type { Invocation } from './invocation.js';
import type { CommonOptions } from './options.js';
import { namesEnvironment, sourceOf } from './source.js';

/**
 * Gives the running environments of the project that the options name, also those that were started before its files were
 * last changed. Files that cannot be read count for nothing when the folder alone says enough.
 */
export async function projectEnvironments(
  context: CliContext,
  options: CommonOptions,
): Promise<readonly EnvironmentDocument[]> {
  const running = await listEnvironments(context);
  const ofRuntime = running.filter(({ environment }) =>
    [undefined, 'auto', environment.runtime].includes(options.runtime),
  );
  try {
    const { project, directory } = await resolveDefinition(sourceOf(context, options));
    return ofRuntime.filter(
      ({ environment }) => environment.directory === directory && environment.project === project,
    );
  } catch (error) {
    const here = ofRuntime.filter(({ environment }) => environment.directory === context.cwd);
    if (here.length === 0 || namesEnvironment(options)) throw error;
    return here;
  }
}

/** Joins the running environment that the options name. Errors: `NO_ENVIRONMENT` when it does not run, `INTERRUPTED`. */
export function joinRunning(invocation: Invocation, wanted: Joining): Promise<EnvironmentHandle> {
  return unlessAborted(join(invocation, wanted), invocation.context.interrupts.signal);
}

/** What `ps` shows as the owner of the session, and what for: it stands in the error. */
interface Joining {
  readonly client: string;
  readonly purpose: string;
}

async function join({ context, options, output }: Invocation, wanted: Joining): Promise<EnvironmentHandle> {
  const { client, purpose } = wanted;
  const current = await findEnvironment(sourceOf(context, options), client);
  if (current !== undefined) return current;
  for (const { environment } of await projectEnvironments(context, options)) {
    const earlier = await joinEnvironment(environment.key, client, context);
    if (earlier === undefined) continue;
    output.note(
      `${output.err.yellow('warning:')} the files of '${environment.project}' have changed since it was started`,
    );
    return earlier;
  }
  throw new PortsideError('NO_ENVIRONMENT', `Cannot ${purpose}: the environment is not running.`, {
    hint: 'Start it with portside up --detach, with the same options; portside ps --all lists what runs.',
  });
}
