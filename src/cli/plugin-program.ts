import { fileURLToPath } from 'node:url';

/** Gives the program that `docker portside` runs; also from within the bundle, which lies beside this folder. */
export function pluginProgram(): string {
  return fileURLToPath(new URL('../cli/plugin/main.js', import.meta.url));
}
