import { joinEnvironment } from '../../agent/index.js';
import { exitCodes } from '../exit-code.js';
import type { Invocation } from '../invocation.js';
import { projectEnvironments } from '../running.js';

/** Stops the running environments of the project for everybody and waits until nothing is left of them. */
export async function down({ context, options, output }: Invocation): Promise<number> {
  const stopped: { key: string; project: string; directory: string; runtime: string }[] = [];
  for (const { environment } of await projectEnvironments(context, options)) {
    const { key, project, directory, runtime } = environment;
    const handle = await joinEnvironment(key, 'down', context);
    if (handle === undefined) continue;
    output.note(`stopping ${project}`);
    await handle.stop();
    stopped.push({ key, project, directory, runtime });
  }
  output.result({ stopped }, () =>
    stopped.length === 0 ? 'Nothing is running.' : `Stopped ${stopped.map(({ project }) => project).join(', ')}.`,
  );
  return exitCodes.ok;
}
