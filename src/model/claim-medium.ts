import { linkSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';

/** How the text of a claim lies in the file system. */
export interface ClaimMedium {
  /** Makes it appear with its text, if nothing is there yet; false when something is. */
  create(path: string, text: string): boolean;
  /** Gives the text; `undefined` when nothing is there. */
  read(path: string): string | undefined;
}

/** In a file, written aside and then linked. */
export const inFile: ClaimMedium = {
  create(path, text) {
    const aside = `${path}.${process.pid}.${Math.random().toString(36).slice(2, 10)}`;
    writeFileSync(aside, text, { mode: 0o600, flag: 'wx' });
    try {
      return unless('EEXIST', () => linkSync(aside, path));
    } finally {
      rmSync(aside, { force: true });
    }
  },
  read(path) {
    let text: string | undefined;
    unless('ENOENT', () => {
      text = readFileSync(path, 'utf8');
    });
    return text;
  },
};

/** In what a symbolic link points to: one call of the system makes it, one reads it. In a file where links cannot be made. */
export const inLink: ClaimMedium = {
  create(path, text) {
    try {
      return unless('EEXIST', () => symlinkSync(text, path));
    } catch (error) {
      if (!linkless.has(codeOf(error))) throw error;
      return inFile.create(path, text);
    }
  },
  read(path) {
    try {
      return readlinkSync(path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      return inFile.read(path);
    }
  },
};

/** What systems and file systems say that make no symbolic links. */
const linkless = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

function unless(code: string, act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (codeOf(error) === code) return false;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
