import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import convert from 'ast-v8-to-istanbul';
import { parseAstAsync } from 'vitest/node';

/**
 * Says which statements, branches and functions of the sources a script of `dist` holds and how often each has run, by V8's ranges: Istanbul's
 * form, by the path of the source. Without ranges nothing has run.
 */
export async function mapToSource(file, functions = []) {
  const code = readFileSync(file, 'utf8');
  const sourceMap = JSON.parse(readFileSync(`${file}.map`, 'utf8'));
  const url = pathToFileURL(path.resolve(file)).href;
  return convert({ code, sourceMap, ast: await parseAstAsync(code), coverage: { functions, url } });
}
