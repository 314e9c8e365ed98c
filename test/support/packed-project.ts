import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/** Copies an example into an empty folder, without its manifest, and installs the packed package and others there. */
export function packedProject(example: string, packages: readonly string[]): PackedProject {
  const folder = mkdtempSync(join(tmpdir(), 'portside-packed-'));
  cpSync(join(repository, 'examples', example), folder, {
    recursive: true,
    filter: (path) => !/[\\/](package(-lock)?\.json|node_modules)$/.test(path),
  });
  const npm = (...args: readonly string[]): void => {
    execFileSync('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      stdio: 'pipe',
    });
  };
  npm('init', '--yes');
  npm('pack', repository, '--ignore-scripts', '--silent');
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  const install = (...wanted: readonly string[]): void => npm('install', '--save-dev', ...wanted);
  install(`./${tarball}`, ...packages);
  const uninstall = (...unwanted: readonly string[]): void => npm('uninstall', ...unwanted);
  return { folder, install, uninstall, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
