import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const folder = dirname(fileURLToPath(import.meta.url));

/** Gives the packages that loading the file loads, directly or through other files of ours; not what is imported lazily. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  const statements = readFileSync(file, 'utf8').matchAll(/^(?:import|export)(?! type\b)[^;]*?from '([^']+)';$/gm);
  for (const [, specifier = ''] of statements) {
    if (specifier.startsWith('node:')) continue;
    if (!specifier.startsWith('.')) packages.add(specifier);
    else for (const found of packagesOf(join(dirname(file), specifier.replace(/js$/, 'ts')), seen)) packages.add(found);
  }
  return packages;
}

test.each([
  ['portside', '../index.ts', ['eventsource-parser', 'fastest-levenshtein']],
  ['portside/vitest', 'vitest/index.ts', ['eventsource-parser', 'fastest-levenshtein', 'vitest']],
  ['portside/jest', 'jest/native.ts', ['eventsource-parser', 'fastest-levenshtein']],
  ['portside/jest/environment', 'jest/environment.ts', ['eventsource-parser', 'fastest-levenshtein']],
  ['portside/node-test', 'node-test/index.ts', ['eventsource-parser', 'fastest-levenshtein']],
  ['portside/mocha', 'mocha/index.ts', ['eventsource-parser', 'fastest-levenshtein']],
  ['portside/playwright', 'playwright/index.ts', ['@playwright/test', 'eventsource-parser', 'fastest-levenshtein']],
])('%s loads small packages only in the processes that run tests', (_, file, packages) => {
  expect([...packagesOf(join(folder, file))].sort()).toEqual(packages);
});
