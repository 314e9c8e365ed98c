import { basename } from 'node:path';
import { PortsideError } from '../../model/index.js';
import { lookupIn } from '../files/environment.js';
import { substitute } from '../interpolation/template.js';
import type { ParsedDocument } from '../yaml/parse.js';
import { isMapping } from '../yaml/value.js';

/** What a project's name can come from, most important first. */
export interface NameSources {
  readonly option: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly documents: readonly ParsedDocument[];
  readonly directory: string;
}

/** Gives the project's name; throws `COMPOSE_INVALID` when an explicit one cannot be used. */
export function projectName({ option, environment, documents, directory }: NameSources): string {
  const explicit = option ?? (environment['COMPOSE_PROJECT_NAME'] || undefined);
  if (explicit !== undefined) {
    if (normalizeName(explicit) === explicit && explicit !== '') return explicit;
    throw new PortsideError(
      'COMPOSE_INVALID',
      `Cannot use the project name ${JSON.stringify(explicit)}: it has no valid form.`,
      {
        hint: 'Use lower case letters, digits, dashes and underscores, and begin with a letter or digit.',
      },
    );
  }
  const written = documents
    .map(({ value }) => (isMapping(value) ? value['name'] : undefined))
    .findLast((name) => typeof name === 'string' && name !== '');
  const inFile = typeof written === 'string' ? normalizeName(substitute(written, lookupIn(environment)).text) : '';
  const name = inFile === '' ? normalizeName(basename(directory)) : inFile;
  if (name !== '') return name;
  throw new PortsideError(
    'COMPOSE_INVALID',
    `Cannot name the project after the folder ${directory}: nothing of it can stand in a name.`,
    {
      hint: 'Write "name: ..." into the Compose file, or use --project-name.',
    },
  );
}

function normalizeName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}
