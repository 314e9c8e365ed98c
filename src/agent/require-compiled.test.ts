import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { requireCompiled as RequireCompiled } from './require-compiled.cjs';

// As the agent's process loads it: what the build has made of the file beside this one.
const loader = fileURLToPath(new URL('../../dist/agent/require-compiled.cjs', import.meta.url));
const { requireCompiled } = createRequire(loader)(loader) as { requireCompiled: typeof RequireCompiled };

let folder: string;
let cache: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ps-compiled-'));
  cache = join(folder, 'cache');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a bundle of an entry and one file that it requires. */
function bundle(greeting: string): string {
  const entry = join(folder, 'entry.cjs');
  writeFileSync(join(folder, `part-${greeting}.cjs`), `exports.greet = (name) => '${greeting}, ' + name;`);
  writeFileSync(
    entry,
    `const { greet } = require('./part-${greeting}.cjs');
const { basename } = require('node:path');
exports.greet = (name) => greet(basename(name));`,
  );
  return entry;
}

interface Greeter {
  greet(name: string): string;
}

/** The files of kept code, once they are there. */
const kept = (): string[] => {
  if (!existsSync(cache)) return [];
  const files = readdirSync(cache).flatMap((name) => readdirSync(join(cache, name)).map((file) => join(name, file)));
  return files.filter((file) => file.endsWith('.cjs'));
};

test('a bundle has what its files export, and may require what Node has', () => {
  expect(requireCompiled<Greeter>(bundle('Hello'), cache, 0).greet('/home/ada')).toBe('Hello, ada');
});

test('compiled code is kept once, and stays while the bundle is the same', async () => {
  const entry = bundle('Hello');
  requireCompiled(entry, cache, 0);
  await vi.waitUntil(() => kept().length === 2);
  const before = kept().map((file) => statSync(join(cache, file)).ino);
  expect(requireCompiled<Greeter>(entry, cache, 0).greet('ada')).toBe('Hello, ada');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(kept().map((file) => statSync(join(cache, file)).ino)).toEqual(before);
});

test('code of another bundle is not used, although it is as long, and goes', async () => {
  requireCompiled(bundle('Hello'), cache, 0);
  await vi.waitUntil(() => kept().length === 2);
  const [old] = readdirSync(cache);
  expect(requireCompiled<Greeter>(bundle('Salve'), cache, 0).greet('ada')).toBe('Salve, ada');
  await vi.waitUntil(() => !readdirSync(cache).includes(old ?? '') && kept().length === 2);
});

test('kept code that is damaged is compiled anew', async () => {
  const entry = bundle('Hello');
  requireCompiled(entry, cache, 0);
  await vi.waitUntil(() => kept().length === 2);
  for (const file of kept()) writeFileSync(join(cache, file), 'damaged');
  // In a process of its own: this one knows the code by now.
  const program = `const { requireCompiled } = require(process.argv[1]);
process.stdout.write(requireCompiled(process.argv[2], process.argv[3], 0).greet('ada'));
setTimeout(() => undefined, 50);`;
  const greeting = execFileSync(process.execPath, ['-e', program, loader, entry, cache], { encoding: 'utf8' });
  expect(greeting).toBe('Hello, ada');
  for (const file of kept()) expect(readFileSync(join(cache, file), 'utf8')).not.toBe('damaged');
});

test('a bundle loads where nothing can be kept', () => {
  writeFileSync(cache, 'a file and no folder');
  expect(requireCompiled<Greeter>(bundle('Hello'), cache, 0).greet('ada')).toBe('Hello, ada');
});
