import { checkValues } from '../canonical/checks.js';
import { setDefaults } from '../canonical/defaults.js';
import { passThroughEnvironment } from '../canonical/environment.js';
import { resolvePaths } from '../canonical/paths.js';
import { lookupIn } from '../files/environment.js';
import type { ParsedDocument } from '../yaml/parse.js';
import { emptyMapping, isMapping, type Mapping, mappingAt } from '../yaml/value.js';
import type { LoadContext } from './context.js';
import { addDocument, readDocuments } from './document.js';

/** Loads files, later ones over earlier ones, into one valid document with long forms and absolute paths. */
export function loadModel(files: readonly string[], context: LoadContext): Mapping {
  const documents = files.flatMap((file) => readDocuments(file, context));
  context.problems.throwIfAny();
  return mergeModel(documents, context);
}

/** Does the same with documents that are already read. */
export function mergeModel(documents: readonly ParsedDocument[], context: LoadContext): Mapping {
  const { problems, directory, home, environment } = context;
  let model = emptyMapping();
  for (const document of documents) model = addDocument(model, document, context);
  problems.throwIfAny();
  setDefaults(model);
  checkValues(model, problems);
  problems.throwIfAny();
  resolvePaths(model, { directory, home });
  passThroughEnvironment(model, lookupIn(environment));
  noteContents(model, context);
  return model;
}

/** Remembers what secrets and configs hold that name a variable; those of an included project, its own variables. */
function noteContents(model: Mapping, { contents, environment }: LoadContext): void {
  for (const kind of ['secrets', 'configs'] as const) {
    for (const [name, resource] of Object.entries(mappingAt(model, kind))) {
      const variable = isMapping(resource) ? resource['environment'] : undefined;
      const content = typeof variable === 'string' ? lookupIn(environment)(variable) : undefined;
      if (content !== undefined) contents[kind][name] ??= content;
    }
  }
}
