import { readFileSync } from 'node:fs';
import { PortsideError, type ServiceDefinition } from '../../../model/index.js';
import type { MountedFiles } from '../mounted-files.js';
import { commandWords, splitWords } from '../words.js';

/** What a service says of its Postgres server, by the rules of the official image. */
export interface ServerSettings {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Authentication method of `pg_hba.conf`; absent: the version's best. */
  readonly authMethod?: string;
  readonly initdbArgs: readonly string[];
  /** Words after `postgres` in the service's command. */
  readonly serverArgs: readonly string[];
}

/** Reads the settings. Throws `SERVICE_START_FAILED` when no password is set and none is waived, as the image does. */
export function serverSettings(
  service: ServiceDefinition,
  environment: Readonly<Record<string, string>>,
  files: MountedFiles,
): ServerSettings {
  const value = (key: string): string | undefined => {
    if (environment[key]) return environment[key];
    const file = environment[`${key}_FILE`];
    return file === undefined ? undefined : readFileSync(files.translate(file), 'utf8').replace(/\r?\n$/, '');
  };
  const { credentials } = service;
  const user = credentials?.user || value('POSTGRES_USER') || 'postgres';
  const password = credentials?.password || value('POSTGRES_PASSWORD') || '';
  const waived = environment['ALLOW_EMPTY_PASSWORD'] === 'yes' ? 'trust' : undefined;
  const authMethod = environment['POSTGRES_HOST_AUTH_METHOD'] || waived;
  if (password === '' && authMethod !== 'trust') {
    throw new PortsideError(
      'SERVICE_START_FAILED',
      `Cannot start service '${service.name}': no password is set for its superuser '${user}'.`,
      { service: service.name, hint: 'Set POSTGRES_PASSWORD, or POSTGRES_HOST_AUTH_METHOD=trust.' },
    );
  }
  const [first, ...rest] = commandWords(service.command ?? [], environment) ?? [];
  return {
    user,
    password,
    database: credentials?.database || value('POSTGRES_DB') || user,
    ...(authMethod === undefined ? {} : { authMethod }),
    initdbArgs: splitWords(environment['POSTGRES_INITDB_ARGS'] ?? '', environment) ?? [],
    serverArgs: first === undefined ? [] : first.startsWith('-') ? [first, ...rest] : rest,
  };
}
