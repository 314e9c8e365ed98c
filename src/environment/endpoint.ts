import {
  type BoundPort,
  type Endpoint,
  type EndpointStatus,
  endpointOfKind,
  type PlannedService,
} from '../model/index.js';
import { urlOfKind } from './kind-url.js';

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
  const { custom } = service;
  const { host, port } = primary;
  const healthPath = healthPathOf(planned);
  return endpointOfKind(
    service.kind,
    {
      id: parts.id,
      name: service.name,
      host,
      port,
      ...(parts.version === undefined ? {} : { version: parts.version }),
      metadata: custom === undefined ? {} : { kind: custom.name },
      status: parts.status,
      registeredAt: parts.registeredAt,
      lastHeartbeat: parts.now,
      ports: parts.ports,
    },
    {
      ...(service.credentials === undefined ? {} : { credentials: service.credentials }),
      protocol: custom === undefined ? primary.protocol : (custom.protocol ?? custom.name),
      ...(healthPath === undefined ? {} : { healthPath }),
      ...(custom === undefined ? {} : { urlOf: (address) => urlOfKind(custom, address) }),
    },
  );
}

function healthPathOf(service: PlannedService): string | undefined {
  for (const condition of service.readiness) if (condition.type === 'http') return condition.path;
  return undefined;
}
