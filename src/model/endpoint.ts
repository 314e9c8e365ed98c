import type { BoundPort } from './port.js';

/** Where a service stands in its life. */
export type EndpointStatus = 'starting' | 'healthy' | 'unhealthy' | 'stopped';

/** What every endpoint has, whatever its kind; times in milliseconds since 1970. */
export interface EndpointBase {
  /** Unique among all instances of all services. */
  readonly id: string;
  readonly name: string;
  /** Literal address, never a name: `127.0.0.1` on a local engine. */
  readonly host: string;
  readonly port: number;
  /** Application protocol, for example `postgresql`, `redis`, `http`, `tcp`. */
  readonly protocol: string;
  readonly version?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly healthUrl?: string;
  readonly url: string;
  readonly status: EndpointStatus;
  readonly registeredAt: number;
  readonly lastHeartbeat: number;
  readonly ttlMs?: number;
  /** Every port of the service; `port` is the first. */
  readonly ports: readonly BoundPort[];
}

export interface PostgresEndpoint extends EndpointBase {
  readonly kind: 'postgres';
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface RedisEndpoint extends EndpointBase {
  readonly kind: 'redis';
  readonly user?: string;
  readonly password?: string;
  /** Number of the logical database. */
  readonly database: number;
}

export interface HttpEndpoint extends EndpointBase {
  readonly kind: 'http';
  /** Without a trailing slash. */
  readonly baseUrl: string;
}

/** Any other server. User, password and database stand there when they are known, as for the kinds of `defineKind`. */
export interface TcpEndpoint extends EndpointBase {
  readonly kind: 'tcp';
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
}

/** The real address of one instance of a service. */
export type Endpoint = PostgresEndpoint | RedisEndpoint | HttpEndpoint | TcpEndpoint;

/** The kinds that have an endpoint. */
export type EndpointKind = Endpoint['kind'];
