import module from 'node:module';
import { basename, join } from 'node:path';

/** Lets Node keep compiled code for the next run, where it can (from 22.1 on). */
export function enableCompileCache(): void {
  const { enableCompileCache: enable } = module as { enableCompileCache?: (folder: string) => unknown };
  enable?.(compileCacheFolder());
}

/**
 * Gives the folder of compiled code: in `node_modules/.cache`, since nobody but who installs portside may write there, unlike the
 * system's temporary folder.
 */
export function compileCacheFolder(): string {
  const root = join(import.meta.dirname, '..', '..');
  const modules = basename(join(root, '..')) === 'node_modules' ? join(root, '..') : join(root, 'node_modules');
  return join(modules, '.cache', 'portside', 'compiled');
}
