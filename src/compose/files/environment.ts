import { PortsideError, type SourcePosition } from '../../model/index.js';
import { DotenvError, parseDotenv } from '../dotenv/parse.js';
import { parseRawEnv } from '../dotenv/raw.js';
import type { Lookup } from '../interpolation/template.js';
import type { ComposeFileSystem } from './filesystem.js';

/** Environment variables by name. */
export type Variables = Record<string, string>;

/** Makes a look-up of own keys only, so that `constructor` is no variable. */
export function lookupIn(variables: Readonly<Record<string, string | undefined>>): Lookup {
  return (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined);
}

/**
 * Reads an env file into `variables`. Throws a `PortsideError` that names file and line.
 * `format` is `undefined` for dotenv, or `raw`.
 */
export function readEnvFile(
  file: string,
  variables: Variables,
  lookup: Lookup,
  fs: ComposeFileSystem,
  format?: string,
): void {
  const text = readText(file, fs);
  try {
    if (format === 'raw') parseRawEnv(text, lookup, variables);
    else parseDotenv(text, lookup, variables);
  } catch (error) {
    if (!(error instanceof DotenvError)) throw error;
    const position = { file, line: error.line, column: 1 };
    throw new PortsideError('COMPOSE_SYNTAX', `Cannot read ${file}: ${error.message}.`, {
      hint: 'Each line is NAME=value; a quote that opens must close, and a comment begins with #.',
      position,
      cause: error,
    });
  }
}

/** Reads a file; throws `COMPOSE_FILE_NOT_FOUND`, placed where the file was named, when it cannot be read. */
export function readText(file: string, fs: ComposeFileSystem, position: SourcePosition = { file }): string {
  try {
    return fs.readFile(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PortsideError('COMPOSE_FILE_NOT_FOUND', `Cannot read ${file}: ${why}.`, {
      cause,
      position,
      hint: 'Check that the file is there and that you may read it.',
    });
  }
}
