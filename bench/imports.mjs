import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { row } from './lib/row.mjs';
import { timePrograms } from './lib/time-programs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Times a Node program that imports one entry of the package and nothing else, beside an empty one. */
export async function bench(say, { rounds = 9 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'psb-'));
  try {
    // What belongs to a runner can be imported only where that runs.
    const entries = Object.entries(exports).filter(
      ([name]) => !/vitest|playwright$|jest\/|mocha$|package.json/.test(name),
    );
    const programs = { empty: program(folder, 'empty', '') };
    for (const [name, entry] of entries) {
      const file = new URL(entry.default ?? entry.import.default, `file://${root}/`).href;
      programs[name] = program(folder, name.replaceAll(/\W/g, '_'), `await import(${JSON.stringify(file)});\n`);
    }
    say(`${rounds} rounds of ${entries.length} entries`);
    const { empty, ...times } = timePrograms(programs, { rounds, cwd: folder });
    return Object.entries(times).map(([name, ms]) =>
      row({
        id: `imports.${name === '.' ? 'main' : name.slice(2)}`,
        what: `import '${name.replace('.', 'portside')}'`,
        value: ms - empty,
        whole: ms,
        unit: 'ms more',
        against: `an empty Node program, ${Math.round(empty)} ms`,
        floor: empty,
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function program(folder, name, text) {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, text);
  return [path];
}
