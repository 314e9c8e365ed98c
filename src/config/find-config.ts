import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const names = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map((ending) => `portside.config.${ending}`);

/** Looks for a `portside.config.*` in the folder and those above it, up to the one that holds `.git`. */
export function findConfigFile(folder: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    const found = names.map((name) => join(current, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (existsSync(join(current, '.git')) || dirname(current) === current) return undefined;
  }
}
