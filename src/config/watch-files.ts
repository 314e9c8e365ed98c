import { type BigIntStats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * Calls the listener when a file has another content than at the time of this call, or appears or goes; the function given back
 * ends it. Asking for the files' state again and again works on every file system, and sees files that editors replace.
 */
export function watchFiles(files: readonly string[], intervalMs: number, onChange: () => void): () => void {
  const seen = new Map(files.map((file) => [file, stampOf(statSync(file, { bigint: true, throwIfNoEntry: false }))]));
  let looking = false;
  let ended = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    let changed = false;
    for (const file of files) {
      const stamp = stampOf(await stat(file, { bigint: true }).catch(() => undefined));
      if (seen.get(file) !== stamp) changed = true;
      seen.set(file, stamp);
    }
    looking = false;
    if (changed && !ended) onChange();
  };
  const timer = setInterval(() => void look(), intervalMs).unref();
  return () => {
    ended = true;
    clearInterval(timer);
  };
}

function stampOf(found: BigIntStats | undefined): string {
  return found === undefined ? 'none' : `${found.ino} ${found.size} ${found.mtimeNs}`;
}
