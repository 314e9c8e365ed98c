import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PortsideError } from '../../model/index.js';

/** Database clients that the user installs, because the fixtures work without them until one is asked for. */
export type ClientPackage = 'pg' | 'ioredis';

/**
 * Loads a client package from the first of the folders that has it installed, otherwise from beside this package.
 * Errors: `CLIENT_MISSING` with the command that installs it.
 */
export function loadClient(name: ClientPackage, folders: readonly string[]): unknown {
  const places = [...folders.map((folder) => join(folder, 'package.json')), import.meta.url];
  for (const place of places) {
    const require = createRequire(place);
    try {
      require.resolve(name);
    } catch {
      continue;
    }
    return require(name);
  }
  throw new PortsideError(
    'CLIENT_MISSING',
    `Cannot open a client: the package '${name}' is not installed in ${folders.join(' or ')}.`,
    { hint: `npm i -D ${name}, or use any other client with the fixture's url.` },
  );
}
