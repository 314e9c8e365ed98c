// The conformance cases of the Compose loader: how each file of cases is run and judged. The modules under test are
// handed in, so that `npm run conformance` runs them against the build and the unit tests against the source.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Runs every case in a folder; gives one row per file: `{file, passed, failed: [{id, why}], skipped: [{id, why}]}`. */
export function runConformance(folder, modules) {
  const read = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  return Object.entries(suites).map(([file, run]) => {
    const row = { file, passed: 0, failed: [], skipped: [] };
    if (!existsSync(join(folder, file))) return { ...row, skipped: [{ id: '*', why: 'the file is not there' }] };
    for (const [index, testCase] of read(file).cases.entries()) {
      const id = String(testCase.id ?? testCase.short ?? `${index} ${JSON.stringify(testCase.text)}`);
      const why = judge(testCase, (one) => run(one, modules, folder));
      if (why === undefined) row.passed += 1;
      else row.failed.push({ id, why });
    }
    return row;
  });
}

const suites = {
  'interpolation.json': interpolation,
  'compose-go.merge.json': merge,
  'compose-go.dotenv.json': dotenv,
  'compose-go.inline.json': inline,
  'awesome-compose.expected.json': samples,
  'ports-short.json': shortPort,
  'volumes-short.json': shortVolume,
};

function judge(testCase, run) {
  let actual;
  try {
    actual = run(testCase);
  } catch (error) {
    if (error?.code === undefined) return `it crashed: ${error?.stack ?? error}`;
    return testCase.error === undefined ? `it failed: ${error.message}` : undefined;
  }
  const expected = testCase.parsedExpected ?? testCase.expected;
  if (testCase.error !== undefined)
    return `it gave ${JSON.stringify(actual)} instead of the error ${JSON.stringify(testCase.error)}`;
  const [mine, theirs] = [stable(actual), stable(expected)];
  return mine === theirs ? undefined : `it gave ${mine} instead of ${theirs}`;
}

/** A value as text: keys sorted, nulls and empty collections left out. */
function stable(value) {
  return JSON.stringify(prune(value)) ?? 'nothing';
}

function prune(value) {
  if (Array.isArray(value)) {
    const items = value.map(prune).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (value === null || typeof value !== 'object') return value ?? undefined;
  const entries = Object.keys(value)
    .sort()
    .map((key) => [key, prune(value[key])])
    .filter(([, item]) => item !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

class Refused extends Error {
  code = 'REFUSED';
}

function interpolation({ template, env }, { substitute }) {
  const { text, error } = substitute(template, (name) => env[name]);
  if (error !== undefined) throw new Refused(error.type);
  return text;
}

function merge(testCase, { parseYaml, mergeDocuments, enforceUnicity, Problems }) {
  const problems = new Problems();
  const parse = (text) => parseYaml('case.yaml', text, problems)[0].value;
  const merged = mergeDocuments(parse(testCase.base), parse(testCase.override), problems);
  enforceUnicity(merged);
  testCase.parsedExpected = parse(testCase.expected);
  problems.throwIfAny();
  return merged;
}

function dotenv({ text, env }, { parseDotenv }) {
  try {
    return parseDotenv(text, (name) => env[name]);
  } catch (error) {
    throw error.line === undefined ? error : new Refused(error.message);
  }
}

function inline({ files, env }, { loadComposeProject }) {
  const texts = new Map(files.map((text, index) => [`/project/compose.${index}.yml`, text]));
  const named = files.some((text) => /^ *name:/m.test(text));
  const project = loadComposeProject({
    files: [...texts.keys()],
    cwd: '/project',
    environment: { HOME: '/home/user', ...env },
    profiles: ['*'],
    ...(named ? {} : { projectName: 'heldout' }),
    fs: { exists: (path) => texts.has(path), readFile: (path) => texts.get(path) },
  });
  return project.model;
}

function samples({ file, project_name, env, expected }, { loadComposeProject }, folder) {
  const path = join(folder, 'awesome-compose', file);
  const { model } = loadComposeProject({
    files: [path],
    cwd: folder,
    environment: { HOME: '/home/user', ...env },
    projectName: project_name ?? basename(dirname(path)),
  });
  return expected === undefined ? model : JSON.parse(JSON.stringify(model).replaceAll(dirname(path), '<DIR>'));
}

function shortPort({ short }, { parsePort }) {
  const ports = parsePort(short);
  if (typeof ports === 'string') throw new Refused(ports);
  return ports;
}

function shortVolume({ short }, { parseVolume }) {
  const volume = parseVolume(short);
  if (typeof volume === 'string') throw new Refused(volume);
  const { type, source, target, readOnly, noCopy, propagation, selinux } = volume;
  return {
    type,
    source,
    target,
    ...(readOnly ? { read_only: true } : {}),
    bind: { propagation, selinux },
    volume: noCopy ? { nocopy: true } : {},
  };
}
