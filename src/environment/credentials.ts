import { randomBytes } from 'node:crypto';
import type { Credentials, EnvironmentDefinition, EnvironmentPlan, ServiceDefinition } from '../model/index.js';
import { grantedText } from './granted-text.js';
import { kindService } from './kind-service.js';
import { redisPassword } from './redis-password.js';

/**
 * Gives every Postgres and Redis of the plan its credentials, as its environment and command say them. A Postgres whose
 * configuration names no password gets one made for this environment alone (D11).
 */
export function withCredentials(plan: EnvironmentPlan): EnvironmentPlan {
  const services = plan.services.map((service) => ({
    ...service,
    definition: complete(service.definition, plan.definition),
  }));
  return { ...plan, services, definition: { ...plan.definition, services: services.map((s) => s.definition) } };
}

function complete(service: ServiceDefinition, definition: EnvironmentDefinition): ServiceDefinition {
  const environment = { ...service.environment };
  const value = (name: string): string | undefined => environment[name] || fromFile(`${name}_FILE`);
  const fromFile = (name: string): string | undefined => {
    const path = environment[name];
    // As `$(< file)` in the official image's script: without the line breaks at the end.
    return path ? grantedText(service, definition, path)?.replace(/\n+$/, '') : undefined;
  };
  if (service.custom !== undefined) return kindService(service, service.custom, value);
  if (service.kind === 'redis') {
    const password = redisPassword(service, value);
    return { ...service, credentials: { ...(password === undefined ? {} : { password }), ...service.credentials } };
  }
  if (service.kind !== 'postgres') return service;
  const given = service.credentials;
  const generated = given !== undefined && (environment['POSTGRES_PASSWORD'] ?? given.password) === undefined;
  if (given !== undefined) {
    environment['POSTGRES_USER'] ??= given.user ?? 'postgres';
    environment['POSTGRES_PASSWORD'] ??= given.password ?? randomBytes(24).toString('base64url');
    environment['POSTGRES_DB'] ??= given.database ?? environment['POSTGRES_USER'];
  }
  const credentials = { ...postgresCredentials(value), ...(generated ? { passwordGenerated: true } : {}) };
  return { ...service, environment, credentials };
}

/**
 * The official image's rules: the database is named like the user unless `POSTGRES_DB` says otherwise. A password that only the
 * image knows is left out; it is empty where the server asks for none.
 */
function postgresCredentials(value: (name: string) => string | undefined): Credentials {
  const user = value('POSTGRES_USER') || value('POSTGRESQL_USERNAME') || 'postgres';
  const waived =
    value('POSTGRES_HOST_AUTH_METHOD') === 'trust' || /^(yes|true|1)$/i.test(value('ALLOW_EMPTY_PASSWORD') ?? '');
  const password = value('POSTGRES_PASSWORD') || value('POSTGRESQL_PASSWORD') || (waived ? '' : undefined);
  const database = value('POSTGRES_DB') || value('POSTGRESQL_DATABASE') || user;
  return { user, ...(password === undefined ? {} : { password }), database };
}
