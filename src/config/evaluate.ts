import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PortsideError } from '../model/index.js';
import { stateFolder } from './state-folder.js';

/** Runs a configuration file and gives what it exports; TypeScript needs no build. Errors: `CONFIG_INVALID`. */
export async function evaluate(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  try {
    if (file.endsWith('.json')) return JSON.parse(readFileSync(file, 'utf8'));
    const [{ createJiti }, portside, { mariadbKind }] = await Promise.all([
      import('jiti'),
      import('./index.js'),
      import('../kinds/index.js'),
    ]);
    const mariadb = portside.defineKind(mariadbKind);
    const jiti = createJiti(import.meta.url, {
      // The file is read anew each time, and compiled into a folder that nobody else may write to.
      moduleCache: false,
      fsCache: join(stateFolder(environment), 'jiti'),
      // Also where portside is not installed beside the file; the whole package would take three times as long to load.
      virtualModules: {
        portside: { ...portside, PortsideError },
        'portside/config': portside,
        'portside/kinds/mariadb': { mariadb },
      },
    });
    return await jiti.import(file, { default: true });
  } catch (cause) {
    if (PortsideError.is(cause)) throw cause;
    throw new PortsideError('CONFIG_INVALID', `Cannot load ${file}: ${(cause as Error).message}`, {
      hint: 'Mend the file, or name another one with --config.',
      position: { file },
      cause,
    });
  }
}
