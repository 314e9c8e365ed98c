import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { readTable, requirementProblems, TABLE, testsById, withTests } from './requirements.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A project whose list asks for two things; `rows` is its table. */
function project(rows) {
  const folder = mkdtempSync(path.join(tmpdir(), 'portside-requirements-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = {
    'shared/requirements.md': '- **P901** one thing\n- **H902** another\n',
    'main/docs/requirements.md': rows,
    'main/docs/page.md': '# There\n',
    'main/src/a.test.ts': "it('P901 does it', () => {});\nit.each([['H902', 1]])('%s does that', () => {});\n",
    'main/src/b.test.ts': "it('does P901', () => {});\n",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return path.join(folder, 'main');
}

test('every requirement has a row, and each names tests and documents that are there', () => {
  expect(requirementProblems(root)).toEqual([]);
  expect(readTable(root)).toHaveLength(272);
});

test('requirementProblems() finds nothing wrong with rows that are true', () => {
  const rows =
    '| P901 | one | [a](../src/a.test.ts) ||\n| H902 | two | [a](../src/a.test.ts) | [there](page.md#there) |\n';
  expect(requirementProblems(project(rows))).toEqual([]);
});

test('requirementProblems() names ids without rows, empty rows, and what is not there', () => {
  const rows = '| P901 | one | [b](../src/b.test.ts) | [gone](page.md#gone) |\n| H903 | three | ||\n';
  expect(requirementProblems(project(rows))).toEqual([
    'H902 has 0 rows',
    'H903 is asked for by nobody',
    'H903 shows nothing',
    'P901: no test in src/b.test.ts has a name that begins with it',
    'P901: docs/requirements.md: page.md#gone leads to no place of that name',
  ]);
});

test('withTests() fills the column of tests and leaves the others', () => {
  const rows = '| P901 | one | [b](../src/b.test.ts) | [there](page.md) |\n| H902 | two | ||\n';
  const folder = project(rows);
  expect(withTests(readFileSync(path.join(folder, TABLE), 'utf8'), testsById(folder))).toBe(
    '| P901 | one | [a.test.ts](../src/a.test.ts) | [there](page.md) |\n| H902 | two | [a.test.ts](../src/a.test.ts) ||\n',
  );
});
