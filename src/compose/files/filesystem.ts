import { existsSync, readFileSync, statSync } from 'node:fs';

/** What the loader needs of a file system. */
export interface ComposeFileSystem {
  /** Gives a file's text; throws when it cannot be read. */
  readFile(path: string): string;
  /** Tells whether a file (not a folder) exists. */
  exists(path: string): boolean;
}

/** The file system of this machine; `-` is the standard input. */
export const nodeFileSystem: ComposeFileSystem = {
  readFile: (path) => readFileSync(path === '-' ? 0 : path, 'utf8'),
  exists: (path) => path === '-' || (existsSync(path) && !statSync(path).isDirectory()),
};
