import { toLongForms } from '../canonical/transform.js';
import { lookupIn, readText } from '../files/environment.js';
import { interpolate } from '../interpolation/interpolate.js';
import { mergeDocuments } from '../merge/merge.js';
import { applyResets } from '../merge/reset.js';
import { enforceUnicity } from '../merge/unicity.js';
import { validate } from '../schema/validate.js';
import { type ParsedDocument, parseYaml } from '../yaml/parse.js';
import { placeOf } from '../yaml/place.js';
import { emptyMapping, isMapping, isSequence, type Mapping, showValue } from '../yaml/value.js';
import type { LoadContext } from './context.js';
import { applyExtends } from './extends.js';
import { applyIncludes } from './include.js';

/** Reads the documents of a file; errors are collected. */
export function readDocuments(file: string, context: Pick<LoadContext, 'fs' | 'problems'>): ParsedDocument[] {
  return parseYaml(file, readText(file, context.fs), context.problems);
}

/** Merges one document over what was read before it and gives the result, valid and with long forms only. */
export function addDocument(base: Mapping, document: ParsedDocument, context: LoadContext): Mapping {
  const { problems } = context;
  const value = interpolated(document, context);
  if (value === undefined) return base;
  applyIncludes(value, document, context);
  applyResets(base, document.resets);
  applyExtends(value, document, context);
  const merged = mergeDocuments(base, value, problems);
  enforceUnicity(merged);
  validate(merged, problems);
  problems.throwIfAny();
  if ('version' in merged) {
    problems.warn('COMPOSE_VERSION', 'The key "version" is obsolete and means nothing.', placeOf(merged, 'version'));
    delete merged['version'];
  }
  return lengthened(merged, context);
}

/** Reads a file for `extends`: its documents merged, with long forms, but neither included, extended nor validated. */
export function readForExtends(file: string, context: LoadContext): { value: Mapping; resets: string[][] } {
  let merged = emptyMapping();
  const resets: string[][] = [];
  for (const document of readDocuments(file, context)) {
    const value = interpolated(document, context);
    if (value === undefined) continue;
    applyResets(merged, document.resets);
    resets.push(...document.resets.map((path) => [...path]));
    merged = mergeDocuments(merged, value, context.problems);
    enforceUnicity(merged);
    lengthened(merged, context);
  }
  return { value: merged, resets };
}

function interpolated(document: ParsedDocument, context: LoadContext): Mapping | undefined {
  const { value, source } = document;
  if (!isMapping(value)) {
    context.problems.add(
      'COMPOSE_INVALID',
      `Cannot use ${source.file}: its top level must be a mapping. Current value is ${showValue(value)}.`,
      { source, key: 0, value: 0 },
      { hint: 'Write the services under the key "services".' },
    );
    return undefined;
  }
  interpolate(value, lookupIn(context.environment), context.problems);
  return value;
}

function lengthened(document: Mapping, { problems }: LoadContext): Mapping {
  toLongForms(document, problems);
  problems.throwIfAny();
  for (const service of Object.values(document['services'] ?? {})) {
    if (isMapping(service) && isSequence(service['dns'])) {
      service['dns'] = service['dns'].filter((address) => address !== '' && address !== null);
    }
  }
  enforceUnicity(document);
  return document;
}
