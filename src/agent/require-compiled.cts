import type { Script } from 'node:vm';

const { createHash } = require('node:crypto') as typeof import('node:crypto');
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } =
  require('node:fs') as typeof import('node:fs');
const { createRequire } = require('node:module') as typeof import('node:module');
const { basename, dirname, join, resolve } = require('node:path') as typeof import('node:path');
const vm = require('node:vm') as typeof import('node:vm');

/** Wraps a CommonJS module as Node does. */
const wrap = (source: string) => `(function (exports, require, module, __filename, __dirname) {${source}\n})`;

/**
 * Requires a bundle: a CommonJS file, and those that it requires by relative paths, whose names must change with what is in
 * them; none may call `import()`. Their compiled code is kept in `cache` for the next time (Node 20 does not do that itself), and used by the same Node only:
 * `keepAfterMs` milliseconds (3000) after loading, since by then the program has started, and its functions are compiled; at the end of
 * the process when that comes first.
 */
function requireCompiled<Exports>(entry: string, cache: string, keepAfterMs = 3000): Exports {
  const version = `${process.version}-${process.arch}-`;
  const folder = join(
    cache,
    `${version}${createHash('sha256').update(readFileSync(entry)).digest('hex').slice(0, 16)}`,
  );
  const modules = new Map<string, { exports: unknown }>();
  const fresh = new Map<string, Script>();
  const load = (file: string): unknown => {
    const known = modules.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    modules.set(file, module);
    const kept = join(folder, basename(file));
    const cachedData = readIfThere(kept);
    const script = new vm.Script(wrap(readFileSync(file, 'utf8')), {
      filename: file,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    if (script.cachedDataRejected !== false) fresh.set(kept, script);
    const native = createRequire(file);
    const requireFrom = (id: string): unknown => (id.startsWith('.') ? load(resolve(dirname(file), id)) : native(id));
    const evaluate = script.runInThisContext() as (...values: unknown[]) => void;
    evaluate(module.exports, Object.assign(requireFrom, native), module, file, dirname(file));
    return module.exports;
  };
  const keepNow = (): void => keep(fresh, folder, version);
  setTimeout(keepNow, keepAfterMs).unref();
  process.once('exit', keepNow);
  return load(entry) as Exports;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Keeps what was compiled anew, instead of what the same Node kept of other bundles; where nothing can be written, nothing is kept. */
function keep(scripts: Map<string, Script>, folder: string, version: string): void {
  if (scripts.size === 0) return;
  try {
    mkdirSync(folder, { recursive: true });
    for (const [file, script] of scripts) {
      const part = `${file}.${process.pid}`;
      writeFileSync(part, script.createCachedData());
      renameSync(part, file);
    }
    for (const other of readdirSync(dirname(folder))) {
      const isOld = other.startsWith(version) && other !== basename(folder);
      if (isOld) rmSync(join(dirname(folder), other), { recursive: true, force: true });
    }
  } catch {
    // A cache that cannot be written is none.
  }
  scripts.clear();
}

// @ts-expect-error: the only typed export that a CommonJS file has; nothing strips the types of this file without compiling it.
export = { requireCompiled };
