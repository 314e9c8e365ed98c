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
    'shared/requirements.md': '- **P1** one thing\n- **H2** another\n',
    'main/docs/requirements.md': rows,
    'main/docs/page.md': '# There\n',
    'main/src/a.test.ts': "it('P1 does it', () => {});\nit.each([['H2', 1]])('%s does that', () => {});\n",
    'main/src/b.test.ts': "it('does P1', () => {});\n",
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
  const rows = '| P1 | one | [a](../src/a.test.ts) ||\n| H2 | two | [a](../src/a.test.ts) | [there](page.md#there) |\n';
  expect(requirementProblems(project(rows))).toEqual([]);
});

test('requirementProblems() names ids without rows, empty rows, and what is not there', () => {
  const rows = '| P1 | one | [b](../src/b.test.ts) | [gone](page.md#gone) |\n| H3 | three | ||\n';
  expect(requirementProblems(project(rows))).toEqual([
    'H2 has 0 rows',
    'H3 is asked for by nobody',
    'H3 shows nothing',
    'P1: no test in src/b.test.ts has a name that begins with it',
    'P1: docs/requirements.md: page.md#gone leads to no place of that name',
  ]);
});

test('withTests() fills the column of tests and leaves the others', () => {
  const rows = '| P1 | one | [b](../src/b.test.ts) | [there](page.md) |\n| H2 | two | ||\n';
  const folder = project(rows);
  expect(withTests(readFileSync(path.join(folder, TABLE), 'utf8'), testsById(folder))).toBe(
    '| P1 | one | [a.test.ts](../src/a.test.ts) | [there](page.md) |\n| H2 | two | [a.test.ts](../src/a.test.ts) ||\n',
  );
});
