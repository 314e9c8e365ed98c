import type { Endpoint, HttpEndpoint, PostgresEndpoint, RedisEndpoint, TcpEndpoint } from './endpoint.js';

/**
 * The services of the user's environment, by name. Empty here; `portside-env.d.ts`, which `portside types` and every
 * start write, augments it with `services: { 'postgres-primary': 'postgres', ... }` (D9).
 */
// biome-ignore lint/suspicious/noEmptyInterface: users' declarations are merged into it.
export interface Register {}

/** The endpoint type of a kind. */
export interface EndpointByKind {
  postgres: PostgresEndpoint;
  redis: RedisEndpoint;
  http: HttpEndpoint;
  tcp: TcpEndpoint;
}

type Registered = Register extends { services: infer Services } ? Services : Record<string, keyof EndpointByKind>;

/** Names of the services that `discover` takes: every string until the environment's types were written. */
export type ServiceName = keyof Registered & string;

/** The type of endpoint that `discover(name)` gives. */
export type EndpointOf<Name extends string> = Register extends { services: infer Services }
  ? Name extends keyof Services
    ? Services[Name] extends keyof EndpointByKind
      ? EndpointByKind[Services[Name]]
      : Endpoint
    : never
  : Endpoint;
