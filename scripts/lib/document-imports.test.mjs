import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { documents } from './links.mjs';

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
