import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

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

/** Tells whether there is a file at the path that this process may run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
