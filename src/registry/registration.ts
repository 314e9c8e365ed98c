import { isIP } from 'node:net';
import {
  type Credentials,
  type Endpoint,
  type EndpointKind,
  type EndpointStatus,
  endpointOfKind,
  isHealthUrl,
  PortsideError,
} from '../model/index.js';

/** What a service says of itself when it registers. */
export interface Registration extends Pick<Credentials, 'user' | 'password' | 'database'> {
  readonly name: string;
  /** Literal address or host name that others reach it at. */
  readonly host: string;
  readonly port: number;
  /** Default `tcp`. */
  readonly protocol?: string;
  /** Default: what the protocol says, else `tcp`. */
  readonly kind?: EndpointKind;
  readonly version?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly healthUrl?: string;
  /** Default `healthy`. */
  readonly status?: EndpointStatus;
  /** For how long it holds without a heartbeat, in milliseconds, at least 1000. Default: the registry's. */
  readonly ttlMs?: number;
}

/** The longest time to live that a registration may ask for, in milliseconds: a day. */
const maxTtlMs = 86_400_000;

const hostname =
  /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$/;
const kinds: readonly string[] = ['postgres', 'redis', 'http', 'tcp'] satisfies EndpointKind[];
const statuses: readonly string[] = ['starting', 'healthy', 'unhealthy', 'stopped'] satisfies EndpointStatus[];
const kindByProtocol: Readonly<Record<string, EndpointKind>> = {
  postgres: 'postgres',
  postgresql: 'postgres',
  redis: 'redis',
  http: 'http',
  https: 'http',
};

type Check = (value: unknown) => boolean;
const matches =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const text =
  (max: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= max;

/** What each field must be, in words and as a check. */
const fields: Readonly<Record<keyof Registration, readonly [string, Check]>> = {
  name: ['1 to 128 letters, digits, dots, dashes and underscores', matches(/^[A-Za-z0-9._-]{1,128}$/)],
  host: [
    'an IP address that can be reached, or a host name',
    (value) =>
      typeof value === 'string' &&
      (isIP(value) === 0 ? hostname.test(value) && !/^[\d.]+$/.test(value) : value !== '0.0.0.0' && value !== '::'),
  ],
  port: ['a port from 1 to 65535', (value) => Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536],
  protocol: ['a protocol such as http', matches(/^[A-Za-z][A-Za-z0-9+.-]{0,31}$/)],
  kind: [`one of ${kinds.join(', ')}`, (value) => kinds.includes(value as string)],
  version: ['a text of at most 64 characters', text(64)],
  metadata: [
    'at most 32 texts by name',
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.keys(value).length <= 32 &&
      Object.entries(value).every(([key, entry]) => key.length <= 64 && text(1024)(entry)),
  ],
  healthUrl: [
    'an http or https URL, or tcp, grpc or grpcs with host and port',
    (value) => text(2048)(value) && isHealthUrl(String(value)),
  ],
  status: [`one of ${statuses.join(', ')}`, (value) => statuses.includes(value as string)],
  ttlMs: [
    `milliseconds from 1000 to ${maxTtlMs}`,
    (value) => typeof value === 'number' && value >= 1000 && value <= maxTtlMs,
  ],
  user: ['a text of at most 256 characters', text(256)],
  password: ['a text of at most 1024 characters', text(1024)],
  database: ['a text of at most 256 characters', text(256)],
};

const required: readonly string[] = ['name', 'host', 'port'];

/** Checks the id of an instance. Throws `REGISTRY_INVALID`. */
export function checkId(id: string): void {
  if (!/^[A-Za-z0-9._:@/-]{1,256}$/.test(id)) {
    throw invalid('id', '1 to 256 letters, digits and any of . _ : @ / -', id);
  }
}

/** Checks what a service says of itself. Throws `REGISTRY_INVALID`, which names the field. Unknown fields are ignored. */
export function readRegistration(value: unknown): Registration {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('body', 'a JSON object', value);
  }
  const given = value as Readonly<Record<string, unknown>>;
  const read: Record<string, unknown> = {};
  for (const [field, [wanted, check]] of Object.entries(fields)) {
    if (given[field] === undefined && !required.includes(field)) continue;
    if (!check(given[field])) throw invalid(field, wanted, field === 'password' ? '[hidden]' : given[field]);
    read[field] = given[field];
  }
  return read as unknown as Registration;
}

/** Makes the endpoint that a registration speaks of. `before`: what was registered under this id, whose time of registration stays. */
export function endpointOf(
  id: string,
  registration: Registration,
  { now, ttlMs, before }: { readonly now: number; readonly ttlMs?: number | undefined; readonly before?: Endpoint },
): Endpoint {
  const { name, host, port, protocol = registration.kind ?? 'tcp', version, healthUrl } = registration;
  const { user, password, database, metadata = {}, status = 'healthy', ttlMs: ownTtlMs = ttlMs } = registration;
  const endpoint = endpointOfKind(
    registration.kind ?? kindByProtocol[protocol] ?? 'tcp',
    {
      id,
      name,
      host,
      port,
      metadata,
      ...(version === undefined ? {} : { version }),
      status,
      registeredAt: before?.registeredAt ?? now,
      lastHeartbeat: now,
      ...(ownTtlMs === undefined ? {} : { ttlMs: ownTtlMs }),
      ports: [{ target: port, protocol: protocol === 'udp' ? 'udp' : 'tcp', host, port }],
    },
    {
      protocol,
      credentials: {
        ...(user === undefined ? {} : { user }),
        ...(password === undefined ? {} : { password }),
        ...(database === undefined ? {} : { database }),
      },
    },
  );
  return healthUrl === undefined ? endpoint : { ...endpoint, healthUrl };
}

function invalid(field: string, wanted: string, value: unknown): PortsideError {
  const shown = (JSON.stringify(value) ?? String(value)).slice(0, 200);
  return new PortsideError(
    'REGISTRY_INVALID',
    `Cannot register the service: '${field}' must be ${wanted}. Current value is ${shown}.`,
    { hint: 'See docs/registry.md for the fields of a registration.' },
  );
}
