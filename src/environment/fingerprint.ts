import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentDefinition } from '../model/index.js';

/** Folders that a build or a program makes itself, or that change without a meaning for it. */
const ignored = new Set(['node_modules', '.git', 'dist', 'coverage', '.cache', '.turbo', '.next']);
const maxFiles = 20_000;

/**
 * Sums up names, sizes and times of the files that an environment is made from besides its definition: build contexts,
 * folders of embedded programs, initialisation scripts, configuration files with functions. An environment that is kept warm
 * is used again only while this is unchanged. At most 20,000 files are looked at.
 */
export function fingerprint(definition: EnvironmentDefinition): string {
  const hash = createHash('sha256');
  const roots = new Set<string>();
  for (const service of definition.services) {
    if (service.build !== undefined) roots.add(service.build.context);
    if (service.embedded !== undefined) roots.add(service.embedded.cwd);
    // What a function of the configuration file computes may depend on any line of it.
    const computed =
      service.environmentFrom !== undefined || service.foreign !== undefined || service.migration?.type === 'function';
    if (computed && service.position !== undefined) roots.add(service.position.file);
    // Nor is it known what a kind reads.
    if (service.custom !== undefined) for (const file of definition.files) roots.add(file);
    for (const input of service.migration?.inputs ?? []) roots.add(input);
    for (const mount of service.mounts) {
      if (mount.type === 'bind' && mount.target.startsWith('/docker-entrypoint-initdb.d')) roots.add(mount.source);
    }
  }
  let left = maxFiles;
  const visit = (path: string): void => {
    if (left-- <= 0) return;
    let entries: Dirent[] | undefined;
    try {
      const stat = statSync(path);
      if (stat.isFile()) hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`);
      else if (stat.isDirectory()) entries = readdirSync(path, { withFileTypes: true });
    } catch {
      hash.update(`${path} absent\n`);
    }
    for (const entry of entries ?? []) if (!ignored.has(entry.name)) visit(join(path, entry.name));
  };
  for (const root of [...roots].sort()) visit(root);
  return hash.digest('hex').slice(0, 16);
}
