import type { BoundPort, Endpoint, EndpointBase, EndpointStatus, PlannedService } from '../model/index.js';

/** What an endpoint is made from besides its service. */
export interface EndpointParts {
  readonly id: string;
  readonly ports: readonly BoundPort[];
  readonly version?: string;
  readonly status: EndpointStatus;
  readonly registeredAt: number;
  readonly now: number;
}

/** Makes the endpoint of a running service; `undefined` for a service without ports. */
export function makeEndpoint(planned: PlannedService, parts: EndpointParts): Endpoint | undefined {
  const service = planned.definition;
  const primary = parts.ports.find((port) => port.protocol === 'tcp') ?? parts.ports[0];
  if (primary === undefined || service.kind === 'worker') return undefined;
  const { host, port } = primary;
  const base = {
    id: parts.id,
    name: service.name,
    host,
    port,
    ...(parts.version === undefined ? {} : { version: parts.version }),
    metadata: {},
    status: parts.status,
    registeredAt: parts.registeredAt,
    lastHeartbeat: parts.now,
    ports: parts.ports,
  } satisfies Partial<EndpointBase>;
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const { user, password, database } = service.credentials ?? {};
  switch (service.kind) {
    case 'postgres': {
      const name = user ?? 'postgres';
      const login = password ? `${encodeURIComponent(name)}:${encodeURIComponent(password)}` : encodeURIComponent(name);
      const db = database ?? name;
      const url = `postgresql://${login}@${address}/${encodeURIComponent(db)}`;
      return {
        ...base,
        kind: 'postgres',
        protocol: 'postgresql',
        url,
        user: name,
        password: password ?? '',
        database: db,
      };
    }
    case 'redis': {
      const login = password === undefined ? '' : `${encodeURIComponent(user ?? '')}:${encodeURIComponent(password)}@`;
      const db = Number(database ?? 0);
      return {
        ...base,
        kind: 'redis',
        protocol: 'redis',
        url: `redis://${login}${address}/${db}`,
        ...(user === undefined ? {} : { user }),
        ...(password === undefined ? {} : { password }),
        database: db,
      };
    }
    case 'http': {
      const baseUrl = `http://${address}`;
      const health = healthPath(planned);
      return {
        ...base,
        kind: 'http',
        protocol: 'http',
        url: baseUrl,
        baseUrl,
        ...(health === undefined ? {} : { healthUrl: `${baseUrl}${health}` }),
      };
    }
    case 'tcp':
      return { ...base, kind: 'tcp', protocol: primary.protocol, url: `${primary.protocol}://${address}` };
  }
}

function healthPath(service: PlannedService): string | undefined {
  for (const condition of service.readiness) if (condition.type === 'http') return condition.path;
  return undefined;
}
