import { dirname, join, resolve } from 'node:path';
import { lookupIn, readEnvFile, type Variables } from '../files/environment.js';
import { type ComposeFileSystem, nodeFileSystem } from '../files/filesystem.js';
import { findComposeFiles, notFound } from '../files/find.js';
import type { ComposeLoadOptions } from '../options.js';
import type { Problems } from '../problems.js';

/** Files, folder and variables of a project, before anything of it is read. */
export interface Surroundings {
  readonly files: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Variables>;
  readonly fs: ComposeFileSystem;
}

/** Finds the Compose files, the project folder and the variables, `.env` files included. */
export function findSurroundings(options: ComposeLoadOptions, problems: Problems): Surroundings {
  const { cwd, files = [], fs = nodeFileSystem } = options;
  const host: Variables = {};
  for (const [name, value] of Object.entries(options.environment)) if (value !== undefined) host[name] = value;
  const envFiles = namedEnvFiles(options, host);
  const fixed = options.projectDirectory === undefined ? undefined : resolve(cwd, options.projectDirectory);
  const start = fixed ?? (files[0] === undefined || files[0] === '-' ? cwd : dirname(resolve(cwd, files[0])));

  // The .env file may name the Compose files; the project folder that they give may have another .env file.
  const first = { ...readEnv(envFiles ?? standardEnvFile(start, host, fs), host, fs, problems), ...host };
  const found = findComposeFiles({ files, cwd, directory: start, environment: first }, fs, problems);
  const directory = fixed ?? (found[0] === undefined || found[0] === '-' ? cwd : dirname(found[0]));
  const second = directory === start || envFiles !== undefined ? [] : standardEnvFile(directory, host, fs);
  return { files: found, directory, environment: { ...readEnv(second, first, fs, problems), ...first }, fs };
}

function namedEnvFiles({ envFiles, cwd }: ComposeLoadOptions, host: Readonly<Variables>): string[] | undefined {
  const named = envFiles ?? host['COMPOSE_ENV_FILES']?.split(',').filter((file) => file !== '');
  return named === undefined || named.length === 0 ? undefined : named.map((file) => resolve(cwd, file));
}

function standardEnvFile(directory: string, host: Readonly<Variables>, fs: ComposeFileSystem): string[] {
  const disabled = ['1', 't', 'true'].includes((host['COMPOSE_DISABLE_ENV_FILE'] ?? '').toLowerCase());
  const file = join(directory, '.env');
  return !disabled && fs.exists(file) ? [file] : [];
}

function readEnv(
  files: readonly string[],
  outer: Readonly<Variables>,
  fs: ComposeFileSystem,
  problems: Problems,
): Variables {
  const variables: Variables = {};
  for (const file of files) {
    if (fs.exists(file)) readEnvFile(file, variables, lookupIn(outer), fs);
    else problems.addError(notFound(file));
  }
  problems.throwIfAny();
  return variables;
}
