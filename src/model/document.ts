import type { Endpoint } from './endpoint.js';
import type { EnvironmentInfo } from './frame.js';
import type { LeaseDocument } from './lease.js';
import type { BoundPort } from './port.js';
import type { EnvironmentState, ServiceProgress } from './progress.js';

/** One service in the command line's JSON (design, section 5); addresses are `null` for a service without ports. */
export interface ServiceDocument {
  readonly name: string;
  readonly kind: string;
  readonly host: string | null;
  readonly port: number | null;
  readonly url: string | null;
  readonly status: string;
  /** When its address was registered, in milliseconds since 1970. */
  readonly since: number | null;
  readonly ports: readonly BoundPort[];
}

/** A process that holds the environment open. */
export interface SessionDocument {
  readonly id: string;
  /** What the client said it is, for example `vitest` or `run: npm test`. */
  readonly client: string;
  readonly pid: number | null;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly detached: boolean;
}

/** A running environment in the command line's JSON. Fields are added, never renamed. */
export interface EnvironmentDocument {
  readonly environment: {
    readonly key: string;
    readonly project: string;
    readonly runtime: string;
    readonly directory: string;
    readonly state: EnvironmentState['state'];
    readonly agent: { readonly pid: number } | null;
  };
  readonly services: readonly ServiceDocument[];
  readonly leases: readonly LeaseDocument[];
  readonly sessions: readonly SessionDocument[];
}

/** Writes what is known of an environment as its JSON document; services without an endpoint take their status from their progress. */
export function environmentDocument(
  info: EnvironmentInfo,
  state: EnvironmentState,
  endpoints: readonly Endpoint[],
  progress: readonly ServiceProgress[],
  sessions: readonly SessionDocument[],
  leases: readonly LeaseDocument[],
): EnvironmentDocument {
  const named = new Set(endpoints.map((endpoint) => endpoint.name));
  const withoutEndpoint = progress.filter((step) => !named.has(step.service));
  return {
    environment: {
      key: info.key,
      project: info.project,
      runtime: info.runtime,
      directory: info.directory,
      state: state.state,
      agent: info.agentPid === null ? null : { pid: info.agentPid },
    },
    services: [
      ...endpoints.map(serviceDocument),
      ...withoutEndpoint.map((step) => ({
        name: step.service,
        kind: step.kind,
        host: null,
        port: null,
        url: null,
        status: step.phase,
        since: null,
        ports: [],
      })),
    ],
    leases,
    sessions,
  };
}

/** Writes one endpoint as it stands in the command line's JSON. */
export function serviceDocument({
  name,
  kind,
  host,
  port,
  url,
  status,
  registeredAt,
  ports,
}: Endpoint): ServiceDocument {
  return { name, kind, host, port, url, status, since: registeredAt, ports };
}
