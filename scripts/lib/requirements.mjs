import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { linkProblem, relativeLinks } from './links.mjs';

export const TABLE = 'docs/requirements.md';
const LIST = '../shared/requirements.md';
const ROW = /^\| ([HP]\d+) \| (.*?) \|(.*?)\|(.*?)\|$/gm;
const TITLE = /(['"`])((?:[HPR]\d+ )*[HPR]\d+)(?= |\1)((?:(?!\1)[^\\\n]|\\.)*)\1/g;

/** The ids that are asked for: those of the list where it lies beside the project, else those that it had. */
function wantedIds(root) {
  const list = path.join(root, LIST);
  if (existsSync(list)) return [...readFileSync(list, 'utf8').matchAll(/^- \*\*([HP]\d+)\*\*/gm)].map(([, id]) => id);
  const count = (letter, last) => Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);
  return [...count('P', 42), ...count('H', 230)];
}

/** The rows of the table: id, what is asked, the test files that it names, and what stands beside them. */
export function readTable(root) {
  const text = readFileSync(path.join(root, TABLE), 'utf8');
  return [...text.matchAll(ROW)].map(([, id, what, tests, besides]) => ({
    id,
    what,
    files: relativeLinks(tests).map((link) => path.join(path.dirname(TABLE), link)),
    besides: besides.trim(),
  }));
}

/** The tests of the project by the ids that their names begin with: `Map` of id to `{ file, title }`s. */
export function testsById(root) {
  const found = new Map();
  for (const file of testFiles(root)) {
    for (const [, , ids, title] of readFileSync(path.join(root, file), 'utf8').matchAll(TITLE)) {
      for (const id of ids.split(' ')) found.set(id, [...(found.get(id) ?? []), { file, title: title.trim() }]);
    }
  }
  return found;
}

/** The table with its column of tests as the names of the tests say. */
export function withTests(text, tests) {
  return text.replaceAll(ROW, (_, id, what, _before, besides) => {
    const files = [...new Set((tests.get(id) ?? []).map(({ file }) => file))];
    const links = files.map((file) => `[${path.basename(file)}](${path.posix.relative(path.dirname(TABLE), file)})`);
    return `| ${id} | ${what} |${links.length === 0 ? '' : ` ${links.join(', ')}`} |${besides}|`;
  });
}

/** What is wrong with the table: ids without a row, rows that show nothing, and tests and documents that are not there. */
export function requirementProblems(root) {
  const rows = readTable(root);
  const wanted = wantedIds(root);
  const tests = testsById(root);
  const count = (id) => rows.filter((row) => row.id === id).length;
  return [
    ...wanted.filter((id) => count(id) !== 1).map((id) => `${id} has ${count(id)} rows`),
    ...rows.filter(({ id }) => !wanted.includes(id)).map(({ id }) => `${id} is asked for by nobody`),
    ...rows.filter(({ files, besides }) => files.length === 0 && besides === '').map(({ id }) => `${id} shows nothing`),
    ...rows.flatMap(({ id, files }) =>
      files
        .filter((file) => !tests.get(id)?.some((test) => test.file === file))
        .map((file) => `${id}: no test in ${file} has a name that begins with it`),
    ),
    ...rows.flatMap(({ id, besides }) =>
      relativeLinks(besides)
        .map((link) => linkProblem(root, TABLE, link))
        .filter((problem) => problem !== undefined)
        .map((problem) => `${id}: ${problem}`),
    ),
  ];
}

function testFiles(root) {
  return ['src', 'test', 'scripts']
    .filter((folder) => existsSync(path.join(root, folder)))
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true }).map((name) => path.posix.join(folder, name)),
    )
    .filter((name) => /\.test\.(ts|mjs)$/.test(name))
    .sort();
}
