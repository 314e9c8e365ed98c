import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { mergeProcessCovs } from '@bcoe/v8-coverage';

/** So many processes are merged at once: each holds some hundred kilobytes. */
const BATCH = 25;

/**
 * Reads what the processes of a coverage run have written into a folder, and adds it up: `{ processes, scripts, foreign }`, `scripts` being
 * V8's ranges by the path of a script below `dist`, be it this repository's or that of an installed package, and `foreign` the scripts that
 * ran with another text than the one in `dist`, whose ranges mean nothing.
 */
export function readProcesses(folder, dist) {
  const lengths = new Map();
  const lengthOf = (script) => {
    const file = path.join(dist, script);
    if (!lengths.has(script)) lengths.set(script, existsSync(file) ? readFileSync(file, 'utf8').length : undefined);
    return lengths.get(script);
  };
  const foreign = new Set();
  const read = (file) => {
    const result = JSON.parse(readFileSync(path.join(folder, file), 'utf8')).result.flatMap(({ url, ...coverage }) => {
      const script = scriptOf(url, dist);
      if (script === undefined) return [];
      const range = coverage.functions[0].ranges[0];
      if (range.startOffset === 0 && range.endOffset === lengthOf(script)) return [{ ...coverage, url: script }];
      foreign.add(script);
      return [];
    });
    return { result };
  };
  const files = readdirSync(folder);
  let all = { result: [] };
  for (let at = 0; at < files.length; at += BATCH)
    all = mergeProcessCovs([all, ...files.slice(at, at + BATCH).map(read)]);
  return {
    processes: files.length,
    scripts: new Map(all.result.map(({ url, functions }) => [url, functions])),
    foreign: [...foreign].sort().map((script) => path.join('dist', script)),
  };
}

function scriptOf(url, dist) {
  const file = decodeURIComponent(url.replace(/^file:\/\//, ''));
  if (file.startsWith(`${dist}${path.sep}`)) return path.relative(dist, file);
  return /[\\/]node_modules[\\/]portside[\\/]dist[\\/](.*)$/.exec(file)?.[1];
}
