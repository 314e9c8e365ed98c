import { type Endpoint, nearest, splitTemplate } from '../model/index.js';
import { usageError } from './usage-error.js';

/** A service that a template may name. */
interface KnownService {
  readonly name: string;
  readonly kind: string;
  /** Its target ports; absent: not known before it runs. */
  readonly ports?: readonly number[];
}

/** What a template may name: the endpoint fields of each service that has an address. */
export type KnownServices = readonly KnownService[];

/** A variable of `run --env`: text, and placeholders for fields of endpoints. */
export interface EnvTemplate {
  readonly name: string;
  readonly parts: readonly (string | Placeholder)[];
}

interface Placeholder {
  readonly service: string;
  readonly field: string;
}

const commonFields = [
  'host',
  'port',
  'url',
  'name',
  'kind',
  'protocol',
  'status',
  'id',
  'version',
  'healthUrl',
] as const;
const fieldsOfKind: Readonly<Record<string, readonly string[]>> = {
  postgres: ['user', 'password', 'database'],
  redis: ['user', 'password', 'database'],
  http: ['baseUrl'],
  tcp: ['user', 'password', 'database'],
};

/**
 * Reads `KEY=text with {service.field}`; `{service.ports.9090}` is the host port of a target port, `{{` and `}}` are plain
 * braces. Braces around anything that is not a name are plain text. Errors: `USAGE`, with the nearest service, field or port.
 */
export function parseEnvTemplate(text: string, services: KnownServices): EnvTemplate {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw usageError(
      `'--env ${text}' is no variable.`,
      "Write --env KEY='{service.field}', for example --env DB_PORT='{postgres-primary.port}'.",
    );
  }
  const parts = splitTemplate(value).map((part) =>
    typeof part === 'string' ? part : placeholder(part.placeholder, text, services),
  );
  return { name, parts };
}

/** Fills a template with the addresses of running services; of several replicas the first counts. */
export function fillEnvTemplate({ parts }: EnvTemplate, endpoints: readonly Endpoint[]): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const endpoint = endpoints.find(({ name }) => name === part.service);
      return endpoint === undefined ? '' : fieldOf(endpoint, part.field);
    })
    .join('');
}

function fieldOf(endpoint: Endpoint, field: string): string {
  if (!field.startsWith('ports.')) return String((endpoint as unknown as Record<string, unknown>)[field] ?? '');
  const target = Number(field.slice('ports.'.length));
  return String(endpoint.ports.find((port) => port.target === target)?.port ?? '');
}

function placeholder(reference: string, template: string, services: KnownServices): Placeholder {
  const addressed = services.filter(({ kind }) => kind !== 'worker');
  const [service] = addressed
    .filter(({ name }) => reference === name || reference.startsWith(`${name}.`))
    .sort((a, b) => b.name.length - a.name.length);
  const known = addressed.map(({ name }) => name);
  if (service === undefined) {
    const wanted = reference.includes('.') ? reference.slice(0, reference.lastIndexOf('.')) : reference;
    throw usageError(
      `'--env ${template}' names the service '${wanted}', which is not in the environment or has no port.`,
      `${suggest(wanted, known)}Known services: ${known.join(', ') || 'none'}.`,
    );
  }
  const field = reference.slice(service.name.length + 1);
  const fields = [...commonFields, ...(fieldsOfKind[service.kind] ?? [])];
  if (!fields.includes(field) && !/^ports\.\d+$/.test(field)) {
    throw usageError(
      `'--env ${template}' names ${field === '' ? 'no field' : `the field '${field}'`} of '${service.name}'.`,
      `${suggest(field, fields)}Known fields: ${fields.join(', ')}, ports.<target>.`,
    );
  }
  checkPort(field, template, service);
  return { service: service.name, field };
}

function checkPort(field: string, template: string, { name, ports }: KnownService): void {
  if (!field.startsWith('ports.') || ports === undefined) return;
  const target = field.slice('ports.'.length);
  if (ports.includes(Number(target))) return;
  const fields = ports.map((port) => `ports.${port}`);
  throw usageError(
    `'--env ${template}' names the port ${target} of '${name}', which it does not have.`,
    `${suggest(field, fields)}Known ports: ${ports.join(', ') || 'none'}.`,
  );
}

function suggest(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  return near === undefined ? '' : `Did you mean '${near}'? `;
}
