import { PortsideError } from '../../model/index.js';
import { lookupIn, readEnvFile, type Variables } from '../files/environment.js';
import type { ComposeFileSystem } from '../files/filesystem.js';
import { type Problems, showPath } from '../problems.js';
import type { Mapping } from '../yaml/value.js';
import { locate } from './locate.js';
import type { ComposeModel, ComposeService } from './model.js';

/** What the files of a service are read with. */
export interface FileContext {
  readonly document: Mapping;
  readonly environment: Readonly<Variables>;
  readonly fs: ComposeFileSystem;
  readonly problems: Problems;
}

/** Reads `env_file` and `label_file` into `environment` and `labels`, and takes the two keys out of the model. */
export function resolveFiles(model: ComposeModel, context: FileContext): ComposeModel {
  const services: Record<string, ComposeService> = Object.create(null);
  for (const [name, service] of Object.entries(model.services)) services[name] = resolveService(name, service, context);
  return { ...model, services };
}

function resolveService(name: string, service: ComposeService, context: FileContext): ComposeService {
  const { env_file: envFiles = [], label_file: labelFiles = [], ...rest } = service;
  if (envFiles.length === 0 && labelFiles.length === 0) return rest;
  const own = service.environment ?? {};
  const variables: Variables = {};
  for (const [key, value] of Object.entries(own)) if (value !== null) variables[key] = value;
  const outer = lookupIn(context.environment);
  const inner = lookupIn({ ...variables });
  for (const [index, file] of envFiles.entries()) {
    const path = ['services', name, 'env_file', index];
    if (file.format !== undefined && file.format !== 'raw') {
      context.problems.invalid([...path, 'format'], 'it must be "raw"', file.format, locate(context.document, path));
    } else if (context.fs.exists(file.path)) {
      read(file.path, variables, (key) => outer(key) ?? inner(key), context, file.format);
    } else if (file.required !== false) {
      missing(file.path, path, context);
    }
  }
  const labels: Variables = {};
  for (const [index, file] of labelFiles.entries()) {
    if (context.fs.exists(file)) read(file, labels, lookupIn(labels), context);
    else missing(file, ['services', name, 'label_file', index], context);
  }
  const environment = { ...variables, ...own };
  const allLabels = { ...labels, ...service.labels };
  return {
    ...rest,
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
    ...(Object.keys(allLabels).length === 0 ? {} : { labels: allLabels }),
  };
}

function read(
  file: string,
  variables: Variables,
  lookup: (name: string) => string | undefined,
  { fs, problems }: FileContext,
  format?: string,
): void {
  try {
    readEnvFile(file, variables, lookup, fs, format);
  } catch (error) {
    if (!(error instanceof PortsideError)) throw error;
    problems.addError(error);
  }
}

function missing(file: string, path: readonly (string | number)[], { problems, document }: FileContext): void {
  problems.add(
    'COMPOSE_FILE_NOT_FOUND',
    `Cannot read ${file}, named by ${showPath(path)}: there is no such file.`,
    locate(document, path),
    { hint: 'Create the file, or write "required: false" beside an env_file\'s path.' },
  );
}
