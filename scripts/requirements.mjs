import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTable, requirementProblems, TABLE, testsById, withTests } from './lib/requirements.mjs';
import { runMain, ScriptError, say } from './lib/say.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Prints every requirement with the tests and documents that show it; with `--write` the table's column of tests is made anew. */
async function main() {
  const tests = testsById(root);
  if (process.argv.includes('--write')) {
    const file = path.join(root, TABLE);
    writeFileSync(file, withTests(readFileSync(file, 'utf8'), tests));
  }
  const rows = readTable(root);
  for (const { id, what, files, besides } of rows) {
    process.stdout.write(`${id.padEnd(5)} ${what}\n`);
    const named = (tests.get(id) ?? []).filter(({ file }) => files.includes(file));
    for (const { file, title } of named) process.stdout.write(`        ${file}: ${title || id}\n`);
    if (besides !== '') process.stdout.write(`        ${besides.replaceAll(/\[[^\]]*\]\(([^)]*)\)/g, '$1')}\n`);
  }
  const unmet = rows.filter(({ besides }) => /^(not|partly) met/.test(besides));
  const byTest = rows.filter((row) => !unmet.includes(row) && row.files.length > 0).length;
  const byDocument = rows.length - unmet.length - byTest;
  const unmetIds = unmet.map(({ id }) => id).join(', ');
  say(
    `${rows.length} requirements: ${byTest} shown by tests, ${byDocument} by documents and measurements, ${unmet.length} not or partly met${unmet.length > 0 ? `: ${unmetIds}` : ''}`,
  );
  const problems = requirementProblems(root);
  if (problems.length > 0) {
    throw new ScriptError(
      `${problems.length} rows of ${TABLE} are not true:\n  ${problems.join('\n  ')}`,
      'Mend the rows; "npm run requirements -- --write" makes the column of tests anew.',
    );
  }
}

await runMain(main);
