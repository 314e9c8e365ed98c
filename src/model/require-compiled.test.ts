import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { EOL, tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { requireCompiled } from './require-compiled.js';

let folder: string;
let cache: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portside-compiled-'));
  cache = join(folder, 'cache');
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true });
  });
});

/** Writes a bundle of two files, of which the second is loaded twice; gives its entry. */
function bundle(greeting: string): string {
  const entry = join(folder, 'entry.cjs');
  const part = `part-${greeting}.cjs`;
  writeFileSync(
    entry,
    `const { loads, greet } = require('./${part}');
exports.same = require('./${part}').greet === greet;
exports.greet = (name) => greet(name);
exports.loads = loads;
exports.separator = require('node:path').sep;
exports.file = __filename;
exports.resolved = require.resolve('./${part}');
exports.later = () => import('node:os');
`,
  );
  writeFileSync(join(folder, part), `exports.loads = 1; exports.greet = (name) => '${greeting}, ' + name;\n`);
  return entry;
}

interface Bundle {
  readonly same: boolean;
  readonly separator: string;
  readonly file: string;
  readonly resolved: string;
  greet(name: string): string;
  later(): Promise<typeof import('node:os')>;
}

const load = (entry: string) => requireCompiled<Bundle>(entry, cache);

/** The compiled files that are kept, by the folder of their bundle. */
const kept = () =>
  Object.fromEntries(
    (existsSync(cache) ? readdirSync(cache) : []).map((name) => [name, readdirSync(join(cache, name)).sort()]),
  );

test('a bundle is loaded as Node would load it, each of its files once', async () => {
  const entry = bundle('hello');
  const loaded = load(entry);
  expect(loaded).toMatchObject({ same: true, separator: sep, file: entry });
  expect(loaded.resolved).toBe(join(folder, 'part-hello.cjs'));
  expect(loaded.greet('you')).toBe('hello, you');
  expect((await loaded.later()).EOL).toBe(EOL);
});

test('its compiled code is kept for the next time, once the program has started', () => {
  const entry = bundle('hello');
  load(entry);
  expect(kept()).toEqual({});
  vi.advanceTimersByTime(3000);
  expect(Object.values(kept())).toEqual([['entry.cjs', 'part-hello.cjs']]);

  const [name = ''] = Object.keys(kept());
  expect(name.startsWith(`${process.version}-${process.arch}-`)).toBe(true);
  const file = join(cache, name, 'entry.cjs');
  const before = statSync(file).ino;
  expect(load(entry).greet('you')).toBe('hello, you');
  vi.advanceTimersByTime(3000);
  expect(statSync(file).ino).toBe(before);
});

test('that of another bundle takes its place; that of another Node stays', () => {
  load(bundle('hello'));
  vi.advanceTimersByTime(3000);
  const [first = ''] = Object.keys(kept());
  const other = first.replace(process.version, 'v99.0.0');
  writeFileSync(join(cache, other), '');
  expect(load(bundle('good day')).greet('you')).toBe('good day, you');
  vi.advanceTimersByTime(3000);
  const names = readdirSync(cache);
  expect(names).toHaveLength(2);
  expect(names).toContain(other);
  expect(names).not.toContain(first);
});

test('kept code that is broken is compiled anew', () => {
  const entry = bundle('good evening');
  const hash = createHash('sha256').update(readFileSync(entry)).digest('hex').slice(0, 16);
  const file = join(cache, `${process.version}-${process.arch}-${hash}`, 'entry.cjs');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'broken');
  expect(load(entry).greet('you')).toBe('good evening, you');
  vi.advanceTimersByTime(3000);
  expect(readFileSync(file, 'latin1')).not.toBe('broken');
});

test('where nothing can be written, nothing is kept', () => {
  writeFileSync(cache, 'a file where the folder would be');
  expect(load(bundle('hello')).greet('you')).toBe('hello, you');
  vi.advanceTimersByTime(3000);
  expect(readFileSync(cache, 'utf8')).toBe('a file where the folder would be');
});
