import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');

const pipeline = ['model', 'compose', 'config', 'ports', 'registry', 'broadcast', 'health', 'runtime', 'isolation'];

/** What each folder under src/ may import besides itself: the design's table with docs/decisions/001. */
const table: Readonly<Record<string, readonly string[]>> = {
  model: [],
  compose: ['model'],
  config: ['model', 'kinds'],
  kinds: ['model'],
  ports: ['model'],
  registry: ['model'],
  broadcast: ['model'],
  health: ['model'],
  runtime: ['model', 'ports', 'health'],
  isolation: ['model', 'health'],
  environment: pipeline,
  discovery: ['model', 'registry', 'broadcast'],
  server: ['model', 'registry', 'environment', 'config', 'telemetry'],
  agent: ['model', 'server', 'environment', 'discovery', 'config', 'telemetry'],
  runners: ['model', 'agent', 'environment'],
  cli: ['model', 'agent', 'compose', 'config', 'environment', 'health', 'registry', 'server', 'telemetry'],
  telemetry: ['model'],
  // What package exports join from several folders.
  entries: ['model', 'config', 'kinds', 'ports', 'health', 'telemetry', 'registry', 'broadcast', 'discovery', 'server'],
  // The package's main entry.
  'index.ts': ['model', 'agent', 'config', 'discovery'],
};

/** Imports that go past a folder's index.js, each with its reason. */
const pastTheIndex: Readonly<Record<string, string>> = {
  'agent/attach.js':
    'test processes only attach: the index would load the environment and the server into each of them',
  'config/definitions.js': 'who attaches, or writes a configuration file, is not to load what reads one',
  'config/state-folder.js': 'test processes only attach: the index would load what reads configuration files',
  'discovery/in-environment.js':
    'test processes only attach: the index would load the client of registries and every strategy',
  'registry/in-process.js':
    'test processes only attach: the index would load storage and the client of registry servers',
  'agent/require-compiled.cjs': 'it loads bundles, which are to load nothing else',
  'telemetry/trace.js': 'test processes only attach: the index would load the logger into each of them',
  'model/version.js': '--version, and what the docker command asks of every plugin, load nothing else',
};

/** Folders that may read the process's environment variables, working folder and clock. */
const edges = ['cli', 'runners', 'agent', 'config', 'entries'];

/** Files elsewhere that do, each with its reason. */
const readingElsewhere: Readonly<Record<string, string>> = {
  'runtime/docker/foreign-environment.ts': 'Testcontainers takes its settings from the environment variables alone',
};

/** The folder's name under src/, or the file's for a file that lies directly in it. */
function folderOf(path: string): string {
  return relative(src, path).split(sep)[0] ?? '';
}

interface SourceFile {
  readonly path: string;
  readonly name: string;
  readonly code: string;
  readonly imports: readonly string[];
}

const statement = /^\s*(?:import|export)\b[^'";]*?\bfrom\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]/gm;
const call = /\b(?:import|require|importModule)\(\s*['"]([^'"]+)['"]/g;

function withoutComments(code: string): string {
  return code.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
}

function importsOf(code: string): string[] {
  return [...code.matchAll(statement), ...code.matchAll(call)].map(([, a, b]) => a ?? b ?? '');
}

const files: readonly SourceFile[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.[cm]?ts$/.test(name) && !/\.test\.ts$/.test(name))
  .map((name) => {
    const path = join(src, name);
    const code = withoutComments(readFileSync(path, 'utf8'));
    return { path, name: name.split(sep).join('/'), code, imports: importsOf(code) };
  });

/** Every import of one file that leads into another folder of src/. */
const crossings = files.flatMap(({ path, name, imports }) =>
  imports
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => ({ name, from: folderOf(path), target: resolve(dirname(path), specifier), specifier }))
    .map((crossing) => ({ ...crossing, to: folderOf(crossing.target) }))
    .filter(({ from, to }) => from !== to),
);

describe('the source', () => {
  it('is read by this test', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(crossings.length).toBeGreaterThan(100);
    expect(importsOf("import {\n  a,\n} from '../a/index.js';\nimport './b.js';\nawait import('./c.js')")).toEqual([
      '../a/index.js',
      './b.js',
      './c.js',
    ]);
  });

  it('has no folder that the import table does not know', () => {
    expect([...new Set(files.map(({ path }) => folderOf(path)))].filter((folder) => !(folder in table))).toEqual([]);
  });

  it('imports from other folders only as the table allows', () => {
    expect(
      crossings
        .filter(({ from, to }) => !table[from]?.includes(to))
        .map(({ name, specifier }) => `${name} imports ${specifier}`),
    ).toEqual([]);
  });

  it('enters other folders by their index.js', () => {
    // src/runtime/ holds one folder a runtime, each with an index of its own: only one of them is ever loaded.
    const entrance = /^(?:[a-z-]+|runtime\/(?:docker|embedded))\/index\.[cm]?js$/;
    const past = crossings
      .map(({ name, target }) => ({ name, entry: relative(src, target).split(sep).join('/') }))
      .filter(({ entry }) => !entrance.test(entry));
    expect(past.filter(({ entry }) => !(entry in pastTheIndex)).map(({ name, entry }) => `${name}: ${entry}`)).toEqual(
      [],
    );
    expect(Object.keys(pastTheIndex).filter((entry) => !past.some((found) => found.entry === entry))).toEqual([]);
  });

  it('names what it exports: no export *', () => {
    expect(files.filter(({ code }) => /^\s*export\s*\*/m.test(code)).map(({ name }) => name)).toEqual([]);
  });

  it('reads environment variables, working folder and clock only at the edges', () => {
    const reads =
      /\bprocess\.env\b|\bprocess\.cwd\b|\bDate\.now\b|\bnew Date\(\)|import \{[^}]*\b(?:env|cwd)\b[^}]*\} from 'node:process'/;
    const readers = files.filter(({ path, code }) => !edges.includes(folderOf(path)) && reads.test(code));
    expect(readers.map(({ name }) => name)).toEqual(Object.keys(readingElsewhere));
  });

  it('has no file of more than 300 lines', () => {
    expect(
      files
        .map(({ path, name }) => ({ name, lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
        .filter(({ lines }) => lines > 300),
    ).toEqual([]);
  });
});

describe('the error codes', () => {
  const declared = /export type ErrorCode =([^;]+);/.exec(readFileSync(join(src, 'model/error.ts'), 'utf8'))?.[1] ?? '';
  const codes = [...declared.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code ?? '');
  const documented = [...readFileSync(join(root, 'docs/errors.md'), 'utf8').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(
    ([, code]) => code ?? '',
  );

  it('are sorted', () => {
    expect(codes.length).toBeGreaterThan(20);
    expect(codes).toEqual([...codes].sort());
  });

  it('are each used somewhere', () => {
    const used = files.filter(({ name }) => name !== 'model/error.ts').map(({ code }) => code);
    expect(codes.filter((code) => !used.some((text) => text.includes(`'${code}'`)))).toEqual([]);
  });

  it('have one row each in docs/errors.md, in the same order', () => {
    expect(documented).toEqual(codes);
  });
});
