import { isAbsolute, relative } from 'node:path';
import type { SourcePosition } from '../../model/index.js';

/** Writes a position as `file:line:column`, the file relative to the working folder when it lies in it. */
export function formatPosition({ file, line, column }: SourcePosition, cwd: string): string {
  return [shortPath(file, cwd), line, column].filter((part) => part !== undefined).join(':');
}

/** Writes a path relative to the working folder when it lies in it, otherwise as it is. */
export function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  if (short === '') return '.';
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
