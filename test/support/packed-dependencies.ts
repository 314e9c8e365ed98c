import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from './npm.js';

/** The name says that it is no package of a project: whoever takes it for one finds no such file. */
const tarball = 'for-its-dependencies.tgz';

/**
 * Puts what the packed package depends on into a folder, with the lock file and without the package itself. It is installed once and kept
 * beside the repository's own packages until the manifest, the lock file or Node changes. Whoever then installs the package there has npm
 * check every dependency, and bring only what is missing.
 */
export function bringDependencies(repository: string, packed: Buffer, target: string): void {
  const kept = join(repository, 'node_modules/.cache/portside-packed');
  const hash = createHash('sha256').update(process.version);
  for (const file of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(repository, file)));
  const folder = join(kept, hash.digest('hex').slice(0, 16));
  if (!existsSync(folder)) install(packed, kept, folder);
  for (const name of ['node_modules', 'package-lock.json']) {
    cpSync(join(folder, name), join(target, name), { recursive: true, verbatimSymlinks: true });
  }
}

function install(packed: Buffer, kept: string, folder: string): void {
  mkdirSync(kept, { recursive: true });
  const aside = mkdtempSync(join(kept, 'making-'));
  writeFileSync(join(aside, tarball), packed);
  runNpm(aside, 'init', '--yes');
  runNpm(aside, 'install', `./${tarball}`);
  for (const name of [tarball, 'node_modules/portside']) rmSync(join(aside, name), { recursive: true });
  try {
    renameSync(aside, folder);
  } catch (error) {
    rmSync(aside, { recursive: true });
    // Another test file was faster.
    if (!existsSync(folder)) throw error;
  }
}
