import { delimiter, dirname, join, resolve } from 'node:path';
import { PortsideError } from '../../model/index.js';
import type { Problems } from '../problems.js';
import type { ComposeFileSystem } from './filesystem.js';

const standardNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/** Where to look for Compose files, most important first. */
export interface FileChoice {
  /** The files that were asked for; relative ones are relative to `cwd`. */
  readonly files: readonly string[];
  readonly cwd: string;
  /** Where the standard names are looked for first; then in its parents. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Gives the absolute paths of the Compose files: those asked for, those of `COMPOSE_FILE`, or the standard ones. */
export function findComposeFiles(choice: FileChoice, fs: ComposeFileSystem, problems: Problems): string[] {
  const { cwd, environment } = choice;
  const named = choice.files.length > 0 ? choice.files : namedByEnvironment(environment);
  if (named.length === 0) return findStandard(choice.directory, fs, problems);
  const files = named.map((file) => (file === '-' ? file : resolve(cwd, file)));
  for (const file of files) {
    if (!fs.exists(file)) problems.addError(notFound(file));
  }
  problems.throwIfAny();
  return files;
}

function namedByEnvironment(environment: Readonly<Record<string, string>>): string[] {
  const value = environment['COMPOSE_FILE'];
  if (value === undefined) return [];
  return value.split(environment['COMPOSE_PATH_SEPARATOR'] || delimiter);
}

function findStandard(start: string, fs: ComposeFileSystem, problems: Problems): string[] {
  const looked: string[] = [];
  for (let folder = start; ; folder = dirname(folder)) {
    looked.push(folder);
    const file = firstOf(standardNames, folder, fs, problems);
    if (file !== undefined) {
      const override = firstOf(overrideNames, folder, fs, problems);
      return override === undefined ? [file] : [file, override];
    }
    if (dirname(folder) === folder) break;
  }
  throw new PortsideError('COMPOSE_FILE_NOT_FOUND', `Cannot find a Compose file in ${start} or a folder above it.`, {
    hint: `Looked for ${standardNames.join(', ')} in ${looked.join(', ')}. Name the file with --file or COMPOSE_FILE.`,
  });
}

function firstOf(
  names: readonly string[],
  folder: string,
  fs: ComposeFileSystem,
  problems: Problems,
): string | undefined {
  const [first, ...others] = names.map((name) => join(folder, name)).filter((file) => fs.exists(file));
  if (others.length > 0) {
    problems.warn('COMPOSE_SEVERAL_FILES', `${first} is used; ${others.join(', ')} beside it is not read.`);
  }
  return first;
}

/** Makes the error of a file that is not there. */
export function notFound(file: string): PortsideError {
  return new PortsideError('COMPOSE_FILE_NOT_FOUND', `Cannot read ${file}: there is no such file.`, {
    hint: 'Check the path; relative paths start at the current folder.',
    position: { file },
  });
}
