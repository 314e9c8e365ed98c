import { existsSync } from 'node:fs';

const built = new URL('../../dist/index.js', import.meta.url);

/** Loads the built package, whose agents run as programs of their own. */
export async function library(): Promise<typeof import('../../src/index.js')> {
  if (!existsSync(built)) throw new Error('Cannot load the package: build it first (npm run build).');
  return import(built.href);
}
