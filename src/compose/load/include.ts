import { dirname, join } from 'node:path';
import { absolutePath } from '../canonical/paths.js';
import { lookupIn, readEnvFile, type Variables } from '../files/environment.js';
import { mergeResource } from '../merge/merge.js';
import { applyResets } from '../merge/reset.js';
import type { ParsedDocument } from '../yaml/parse.js';
import { noteEntry, type Place, placeOf } from '../yaml/place.js';
import { emptyMapping, isMapping, isSequence, type Mapping, mappingAt, type Value } from '../yaml/value.js';
import type { LoadContext } from './context.js';
import { loadModel } from './model.js';
import { isRemote } from './remote.js';

const kinds = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models'];

/** Loads what a document includes, as a project of its own, and puts its resources under the document's, in place. */
export function applyIncludes(document: Mapping, parsed: ParsedDocument, context: LoadContext): void {
  const includes = document['include'];
  if (!isSequence(includes)) return;
  for (const [index, entry] of includes.entries()) {
    const place = placeOf(includes, index);
    const include = readInclude(entry);
    // What has the wrong type is left for the schema to report.
    if (include === undefined) return;
    const included = loadInclude(include, place, parsed, context);
    if (included !== undefined) importResources(included, document, parsed, context);
  }
  delete document['include'];
}

interface Include {
  readonly paths: readonly string[];
  readonly envFiles: readonly string[];
  readonly projectDirectory: string | undefined;
}

function readInclude(entry: Value): Include | undefined {
  if (typeof entry === 'string') return { paths: [entry], envFiles: [], projectDirectory: undefined };
  if (!isMapping(entry)) return undefined;
  const paths = texts(entry['path']);
  const envFiles = texts(entry['env_file'] ?? []);
  const folder = entry['project_directory'];
  if (paths === undefined || envFiles === undefined || (folder !== undefined && typeof folder !== 'string'))
    return undefined;
  return { paths, envFiles, projectDirectory: folder === '' ? undefined : folder };
}

function texts(value: Value | undefined): string[] | undefined {
  const list = typeof value === 'string' ? [value] : value;
  return isSequence(list) && list.every((item) => typeof item === 'string') ? (list as string[]) : undefined;
}

function loadInclude(
  include: Include,
  place: Place | undefined,
  parsed: ParsedDocument,
  context: LoadContext,
): Mapping | undefined {
  const { problems, fs, home, directory } = context;
  const before = problems.count;
  const files = include.paths.map((path) => absolutePath(path, { directory, home }));
  const including = [...context.including, parsed.source.file];
  for (const [index, file] of files.entries()) {
    const written = include.paths[index] ?? file;
    if (isRemote(written)) {
      problems.add('COMPOSE_UNSUPPORTED', `Cannot include ${written}: only local files are read.`, place, {
        hint: 'Put the file beside your own, or start what it describes by other means.',
      });
    } else if (including.includes(file)) {
      const chain = [...including.slice(including.indexOf(file)), file].join(' -> ');
      problems.add(
        'COMPOSE_CYCLE',
        `Cannot include ${written}: the chain of includes comes back to it: ${chain}.`,
        place,
      );
    } else if (!fs.exists(file)) {
      problems.add('COMPOSE_FILE_NOT_FOUND', `Cannot include ${file}: there is no such file.`, place, {
        hint: `Included paths are relative to ${directory}.`,
      });
    }
  }
  const [main] = files;
  if (problems.count > before || main === undefined) return undefined;
  const folder =
    include.projectDirectory === undefined
      ? dirname(main)
      : absolutePath(include.projectDirectory, { directory, home });
  const environment = includeEnvironment(include, folder, place, context);
  return loadModel(files, { ...context, directory: folder, environment, including });
}

function includeEnvironment(
  include: Include,
  folder: string,
  place: Place | undefined,
  context: LoadContext,
): Readonly<Variables> {
  const { fs, problems, directory, home, environment } = context;
  const standard = join(folder, '.env');
  const named = include.envFiles
    .filter((file) => file !== '/dev/null')
    .map((file) => absolutePath(file, { directory, home }));
  const files = include.envFiles.length === 0 ? (fs.exists(standard) ? [standard] : []) : named;
  const found: Variables = {};
  for (const file of files) {
    if (fs.exists(file)) readEnvFile(file, found, lookupIn(environment), fs);
    else
      problems.add(
        'COMPOSE_FILE_NOT_FOUND',
        `Cannot read the env file ${file} of an include: there is no such file.`,
        place,
      );
  }
  return { ...found, ...environment };
}

function importResources(included: Mapping, document: Mapping, parsed: ParsedDocument, context: LoadContext): void {
  for (const kind of kinds) {
    const from = included[kind];
    if (!isMapping(from)) continue;
    if (document[kind] !== undefined && !isMapping(document[kind])) continue;
    document[kind] ??= emptyMapping();
    const to = mappingAt(document, kind);
    for (const [name, resource] of Object.entries(from)) {
      const mine = to[name];
      if (mine === undefined) {
        to[name] = resource;
        noteEntry(to, name, placeOf(from, name));
        continue;
      }
      const holder = Object.assign(emptyMapping(), { [kind]: Object.assign(emptyMapping(), { [name]: resource }) });
      applyResets(holder, parsed.resets);
      to[name] = mergeResource(resource, mine, kind, name, context.problems);
    }
  }
}
