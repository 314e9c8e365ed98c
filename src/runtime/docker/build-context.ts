import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { type Pack, pack } from 'tar-stream';

/** One file, folder or link that goes to the engine with a build. */
export interface ContextEntry {
  /** Relative to the context, with `/`. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  /** Absolute path on this machine; absent: `content` counts. */
  readonly source?: string;
  readonly content?: string;
  /** What a link points to. */
  readonly linkname?: string;
}

/**
 * Lists what a build context consists of, in a stable order, without what the patterns of `.dockerignore` leave out.
 * `always` are paths that the engine needs whatever the patterns say. What vanishes meanwhile (locks, logs, temporary files) is left out, here
 * and in what is made of the list.
 */
export async function listContext(
  folder: string,
  patterns: string,
  always: readonly string[],
): Promise<readonly ContextEntry[]> {
  const filter = dockerignore.default().add(patterns);
  const rules = patterns.split(/\r?\n/).map((line) => line.trim());
  // Below a folder that is left out something can be let in again only by an exception.
  const hasExceptions = rules.some((rule) => rule.startsWith('!'));
  const entries: ContextEntry[] = [];
  const walk = async (relative: string): Promise<void> => {
    const reading = readdir(join(folder, relative));
    const names = ((await (relative === '' ? reading : unlessGone(reading))) ?? []).sort();
    for (const name of names) {
      const path = relative === '' ? name : `${relative}/${name}`;
      const ignored = !always.includes(path) && filter.ignores(path);
      const source = join(folder, path);
      const info = await unlessGone(lstat(source));
      if (info === undefined) continue;
      const mode = process.platform === 'win32' ? 0o755 : info.mode & 0o7777;
      if (info.isDirectory()) {
        if (!ignored) entries.push({ path, type: 'directory', mode });
        const holdsNeeded = always.some((needed) => needed.startsWith(`${path}/`));
        if (!ignored || hasExceptions || holdsNeeded) await walk(path);
      } else if (ignored) {
      } else if (info.isSymbolicLink()) {
        const linkname = await unlessGone(readlink(source));
        if (linkname !== undefined) entries.push({ path, type: 'symlink', mode, linkname });
      } else if (info.isFile()) {
        entries.push({ path, type: 'file', mode, source });
      }
    }
  };
  await walk('');
  return entries;
}

/** Gives a hash of names, modes and contents: the same for the same context wherever and whenever it lies. */
export async function hashContext(entries: readonly ContextEntry[]): Promise<string> {
  const hash = createHash('sha256');
  for (const entry of entries) {
    const content = entry.type === 'file' ? await contentOf(entry) : (entry.linkname ?? '');
    if (content === undefined) continue;
    hash.update(`${JSON.stringify([entry.path, entry.type, entry.mode, content.length])}\n`).update(content);
  }
  return hash.digest('hex');
}

/** Packs the entries as an archive that is read file by file while it is sent. */
export function packContext(entries: readonly ContextEntry[]): Pack {
  const archive = pack();
  const fill = async () => {
    for (const entry of entries) await addEntry(archive, entry);
    archive.finalize();
  };
  fill().catch((error: Error) => archive.destroy(error));
  return archive;
}

async function addEntry(archive: Pack, entry: ContextEntry): Promise<void> {
  const content = entry.type === 'file' ? await contentOf(entry) : undefined;
  if (entry.type === 'file' && content === undefined) return;
  const { path: name, type, mode, linkname } = entry;
  await new Promise<void>((resolve, reject) => {
    const sink = archive.entry(
      { name, type, mode, size: content?.length ?? 0, ...(linkname === undefined ? {} : { linkname }) },
      (error) => (error ? reject(error) : resolve()),
    );
    // Without content the archive ends the entry itself.
    sink.end(content);
  });
}

async function contentOf({ source, content }: ContextEntry): Promise<Buffer | undefined> {
  return source === undefined ? Buffer.from(content ?? '') : unlessGone(readFile(source));
}

/** Gives `undefined` for what is not there any more. */
async function unlessGone<Value>(look: Promise<Value>): Promise<Value | undefined> {
  try {
    return await look;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
