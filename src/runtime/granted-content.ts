import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentDefinition, PlannedService } from '../model/index.js';

/** What is larger is not looked through at every start. */
const maxFiles = 1000;
const maxBytes = 16 * 1024 * 1024;

/**
 * Sums up everything of the host that the service sees: the content of its bind mounts, secrets and configs, each with the place
 * where it sees it. `undefined`: something of it cannot be read, is no plain file, or all of it is too much to read.
 */
export function grantedContent(
  { definition: service }: PlannedService,
  definition: EnvironmentDefinition,
): string | undefined {
  const hash = createHash('sha256');
  const budget = { files: maxFiles, bytes: maxBytes };
  try {
    for (const mount of sorted(service.mounts)) {
      if (mount.type === 'bind') addTree(hash, mount.source, mount.target, budget);
    }
    for (const type of ['secrets', 'configs'] as const) {
      for (const { source, ...grant } of sorted(service[type])) {
        const content = definition[type][source];
        hash.update(JSON.stringify(grant));
        if (content?.type === 'content') hash.update(content.content);
        else if (content?.type === 'file') addTree(hash, content.path, grant.target, budget);
        else return undefined;
      }
    }
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

/** Sums up the content of files and folders; `undefined`: they cannot be read, are no plain files, or too much. */
export function contentOf(paths: readonly string[]): string | undefined {
  const hash = createHash('sha256');
  const budget = { files: maxFiles, bytes: maxBytes };
  try {
    for (const path of [...paths].sort()) addTree(hash, path, path, budget);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

function addTree(hash: Hash, path: string, name: string, budget: { files: number; bytes: number }): void {
  const stat = statSync(path);
  budget.files -= 1;
  if (stat.isFile()) budget.bytes -= stat.size;
  if (budget.files < 0 || budget.bytes < 0) throw new Error('too much');
  // An init script that may be executed is run otherwise than one that may not.
  hash.update(`\n${JSON.stringify([name, stat.mode & 0o111])}\n`);
  if (stat.isFile()) hash.update(createHash('sha256').update(readFileSync(path)).digest());
  else if (!stat.isDirectory()) throw new Error('no plain file');
  else for (const entry of readdirSync(path).sort()) addTree(hash, join(path, entry), `${name}/${entry}`, budget);
}

function sorted<T extends { readonly target: string }>(entries: readonly T[]): readonly T[] {
  return [...entries].sort((a, b) => (a.target < b.target ? -1 : 1));
}
