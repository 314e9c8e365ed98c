import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { runCli } from './cli.js';
import {
  type ProgramOptions,
  type ProgramResult,
  type RunningProgram,
  startNode,
  temporaryProject,
} from './program.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** A configuration that names the setup, in the pool that `POOL` names. */
const config = `import { defineConfig } from 'vitest/config';
export default defineConfig({
  test: { globalSetup: ['portside/vitest/setup'], pool: process.env.POOL ?? 'forks', testTimeout: 30_000 },
});
`;

/**
 * Makes a folder with these files in which the built portside is installed, and Vitest, pg and ioredis as links; gives how a
 * program is run in it, with a state folder of its own. Portside is a copy, because Vitest compiles what is linked from outside.
 */
export function vitestProject(runtime: 'embedded' | 'docker', files: Readonly<Record<string, string>>): ProgramOptions {
  const cwd = temporaryProject({
    'package.json': '{ "type": "module", "private": true }',
    'vitest.config.js': config,
    ...files,
  });
  const modules = join(cwd, 'node_modules');
  const portside = join(modules, 'portside');
  mkdirSync(portside, { recursive: true });
  cpSync(join(repository, 'package.json'), join(portside, 'package.json'));
  cpSync(join(repository, 'dist'), join(portside, 'dist'), {
    recursive: true,
    filter: (path) => !path.endsWith('.map'),
  });
  symlinkSync(join(repository, 'node_modules'), join(portside, 'node_modules'));
  for (const name of ['vitest', 'pg', 'ioredis'])
    symlinkSync(join(repository, 'node_modules', name), join(modules, name));
  return { cwd, env: { PORTSIDE_STATE_DIR: join(cwd, 'state'), PORTSIDE_RUNTIME: runtime, NO_COLOR: '1' } };
}

/** The repository's Vitest, for Node to run. */
export const vitestProgram = join(repository, 'node_modules/vitest/vitest.mjs');

/** Starts the repository's Vitest in a folder. */
export function startVitest(args: readonly string[], options: ProgramOptions): RunningProgram {
  return startNode([vitestProgram, ...args], options);
}

/** Runs the repository's Vitest once in a folder; variables are added to the folder's. */
export function runVitest(options: ProgramOptions, env: Readonly<Record<string, string>> = {}): Promise<ProgramResult> {
  return startVitest(['run'], { ...options, env: { ...options.env, ...env } }).result;
}

/** Gives the running environments of the folder's state folder. */
export async function environments(options: ProgramOptions): Promise<readonly unknown[]> {
  return JSON.parse((await runCli(['ps', '--all', '--json'], options)).stdout).environments;
}

/** Expects that no environment of the folder's state folder runs any more. */
export async function nothingRuns(options: ProgramOptions): Promise<void> {
  expect(await environments(options)).toEqual([]);
}
