import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { documents, linkProblem, relativeLinks, unreachableDocuments } from './links.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (file) => readFileSync(path.join(root, file), 'utf8');

/** What each entry of the package exports, as the API reference has it; what comes from elsewhere stands on the entry's page. */
function exportedNames() {
  const rows = textOf('docs/api/README.md').matchAll(/^\| \[(portside[^\]]*)\]\(([^)]*)\) \| (.*) \|$/gm);
  return new Map(
    [...rows].map(([, entry, page, links]) => {
      const [, foreign = ''] = /^From `.*, as it is there: (.*)\.$/m.exec(textOf(`docs/api/${page}`)) ?? [];
      const names = [...links.matchAll(/\[(\w+)\]/g), ...foreign.matchAll(/`(\w+)`/g)].map(([, name]) => name);
      return [entry, new Set(names)];
    }),
  );
}

test('H10 every relative link of the documents leads to a file, and its anchor to a place in it', () => {
  const problems = documents(root).flatMap((file) =>
    relativeLinks(textOf(file)).map((link) => linkProblem(root, file, link)),
  );
  expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
});

test('H10 every document can be reached from the README', () => {
  expect(unreachableDocuments(root)).toEqual([]);
});

test('H171 troubleshooting tells of every error code', () => {
  const told = new Set(textOf('docs/troubleshooting.md').match(/`[A-Z]+(_[A-Z]+)*`/g));
  const rows = textOf('docs/errors.md').matchAll(/^\| (`[A-Z_]+`) \|/gm);
  const codes = [...rows].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(40);
  expect(codes.filter((code) => !told.has(code))).toEqual([]);
});

test('H172 what the documents import from the package is exported by it', () => {
  const entries = exportedNames();
  const imports = documents(root).flatMap((file) =>
    [
      ...textOf(file).matchAll(/(?:import|const) (?:type )?\{([^}]*)\} (?:from|=) (?:require\()?'(portside[^']*)'/g),
    ].flatMap(([, names, entry]) =>
      names.split(',').map((name) => ({
        file,
        entry,
        name: name
          .trim()
          .replace(/^type /, '')
          .split(' as ')[0],
      })),
    ),
  );
  expect(imports.length).toBeGreaterThan(40);
  expect(imports.filter(({ entry, name }) => !entries.get(entry)?.has(name))).toEqual([]);
});
