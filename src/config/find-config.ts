import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const names = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map((ending) => `portside.config.${ending}`);

/**
 * Looks for a `portside.config.*` in the folder and those above it, up to the root of its project. A configuration file is
 * run as a program, so one that lies above the project, where others may write, is never taken.
 */
export function findConfigFile(folder: string): string | undefined {
  const root = projectRoot(folder);
  for (let current = folder; ; current = dirname(current)) {
    const found = names.map((name) => join(current, name)).find((path) => existsSync(path));
    if (found !== undefined || current === root) return found;
  }
}

/** The nearest folder with `.git` or with a `package.json` that has workspaces, else with a `package.json`, else the folder itself. */
function projectRoot(folder: string): string {
  let packageFolder: string | undefined;
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, '.git')) || hasWorkspaces(current)) return current;
    if (packageFolder === undefined && existsSync(join(current, 'package.json'))) packageFolder = current;
    if (dirname(current) === current) return packageFolder ?? folder;
  }
}

function hasWorkspaces(folder: string): boolean {
  if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return true;
  try {
    return 'workspaces' in JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    return false;
  }
}
