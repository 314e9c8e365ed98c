import { delimiter, join } from 'node:path';
import { isExecutable } from '../../model/index.js';

/** The host's environment variables. */
export type HostEnvironment = Readonly<Record<string, string | undefined>>;

/** Finds an executable in the folders of `PATH`; gives its absolute path, or `undefined`. */
export function findProgram(name: string, environment: HostEnvironment): string | undefined {
  const path = environment['PATH'] ?? environment['Path'] ?? '';
  const endings = process.platform === 'win32' ? (environment['PATHEXT'] ?? '.EXE;.CMD').split(';') : [''];
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    for (const ending of endings) if (isExecutable(join(folder, name + ending))) return join(folder, name + ending);
  }
  return undefined;
}
