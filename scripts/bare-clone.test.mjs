import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** What CONTRIBUTING.md says works on a bare clone, by the scripts that run it. */
const STARTS = ['test.mjs', 'check.mjs', 'demo.mjs', 'setup.mjs', 'prepare.mjs', 'images.mjs'];

/** The packages that a script and what it imports, further imports too, need before its first line runs. */
function packagesAtOnce(file, seen = new Set()) {
  if (seen.has(file)) return [];
  seen.add(file);
  const imported = [...readFileSync(file, 'utf8').matchAll(/^import\s(?:[^'";]*\sfrom\s)?'([^']+)'/gm)];
  return imported.flatMap(([, name]) => {
    if (name.startsWith('node:')) return [];
    return name.startsWith('.') ? packagesAtOnce(path.resolve(path.dirname(file), name), seen) : [`${name} (${file})`];
  });
}

describe('a bare clone, in which nothing is installed', () => {
  it.each(STARTS)('can start scripts/%s, which installs what it needs', (name) => {
    const file = path.join(import.meta.dirname, name);
    const seen = new Set();
    expect(packagesAtOnce(file, seen)).toEqual([]);
    expect(seen.size).toBeGreaterThan(1);
  });
});
