import { normalize } from './canonical/normalize.js';
import { lookupIn, type Variables } from './files/environment.js';
import { readDocuments } from './load/document.js';
import { mergeModel } from './load/model.js';
import { projectName } from './load/project-name.js';
import { findSurroundings } from './load/surroundings.js';
import type { ComposeLoadOptions, ComposeProject } from './options.js';
import { Problems } from './problems.js';
import { checkConsistency } from './project/consistency.js';
import { decodeModel, plain } from './project/decode.js';
import { resolveFiles } from './project/env-files.js';
import { locate } from './project/locate.js';
import type { ComposeModel, ComposeService } from './project/model.js';
import { positionAt } from './yaml/place.js';
import { type Mapping, mappingAt } from './yaml/value.js';

/**
 * Loads a Compose project as the Compose Specification describes it: finds and reads the files, fills in variables,
 * merges, extends and includes, validates, and gives the canonical model.
 *
 * Throws a `PortsideError` with file, line and column; where there are several, `errors` holds them all. Codes:
 * `COMPOSE_FILE_NOT_FOUND`, `COMPOSE_SYNTAX`, `COMPOSE_UNKNOWN_KEY`, `COMPOSE_INVALID`, `COMPOSE_INTERPOLATION`,
 * `COMPOSE_REFERENCE`, `COMPOSE_CYCLE`, `COMPOSE_UNSUPPORTED`.
 */
export function loadComposeProject(options: ComposeLoadOptions): ComposeProject {
  const problems = new Problems();
  const { files, directory, environment: found, fs } = findSurroundings(options, problems);
  const documents = files.flatMap((file) => readDocuments(file, { fs, problems }));
  problems.throwIfAny();
  const name = projectName({ option: options.projectName, environment: found, documents, directory });
  const environment: Readonly<Variables> = { ...found, COMPOSE_PROJECT_NAME: name };
  const home = environment['HOME'] ?? environment['USERPROFILE'];
  const contents: ComposeProject['contents'] = { secrets: Object.create(null), configs: Object.create(null) };
  const context = { fs, problems, environment, directory, home, contents, including: [] };
  const document = mergeModel(documents, context);
  if (Object.keys(document).length === 0) {
    problems.add('COMPOSE_INVALID', `Cannot load ${files.join(', ')}: nothing is written there.`, undefined, {
      hint: 'Write the services under the key "services".',
    });
    problems.throwIfAny();
  }
  normalize(document, name, lookupIn(environment));
  const decoded = decodeModel(document, name, problems);
  problems.throwIfAny();
  const profiles = activeProfiles(options.profiles, environment);
  const { model, disabled } = selectProfiles(decoded, profiles);
  checkConsistency({ model, models: mappingAt(document, 'models'), disabled, document, problems });
  problems.throwIfAny();
  const resolved = resolveFiles(model, { document, environment, fs, problems });
  problems.throwIfAny();
  return {
    name,
    directory,
    files,
    model: resolved,
    warnings: problems.warnings,
    disabledServices: Object.keys(disabled),
    environment,
    contents,
    models: plain(mappingAt(document, 'models')) as ComposeProject['models'],
    extensionsOf: (service) => extensionsOf(document, service),
    positionOf: (path) => {
      const place = locate(document, path);
      return place === undefined ? undefined : positionAt(place, 'key');
    },
  };
}

function activeProfiles(asked: readonly string[] = [], environment: Readonly<Variables>): ReadonlySet<string> {
  const further = (environment['COMPOSE_PROFILES'] ?? '').split(',').map((profile) => profile.trim());
  return new Set([...asked, ...further].filter((profile) => profile !== ''));
}

function selectProfiles(
  model: ComposeModel,
  active: ReadonlySet<string>,
): { model: ComposeModel; disabled: Record<string, readonly string[]> } {
  const services: Record<string, ComposeService> = Object.create(null);
  const disabled: Record<string, readonly string[]> = Object.create(null);
  for (const [name, service] of Object.entries(model.services)) {
    const { profiles = [] } = service;
    const enabled = profiles.length === 0 || active.has('*') || profiles.some((profile) => active.has(profile));
    if (enabled) services[name] = service;
    else disabled[name] = profiles;
  }
  return { model: { ...model, services }, disabled };
}

function extensionsOf(document: Mapping, service: string): Record<string, unknown> {
  const entries = Object.entries(mappingAt(mappingAt(document, 'services'), service));
  return Object.fromEntries(
    entries.flatMap(([key, value]): [string, unknown][] => (key.startsWith('x-') ? [[key, plain(value)]] : [])),
  );
}
