import type {
  Endpoint,
  EndpointByKind,
  EndpointOf,
  HttpEndpoint,
  PostgresEndpoint,
  RedisEndpoint,
  Register,
  ServiceName,
} from '../../model/index.js';
import type { ApiFixture } from './api-fixture.js';
import type { PostgresFixture } from './postgres-fixture.js';
import type { RedisFixture } from './redis-fixture.js';
import type { SliceState } from './slice-state.js';

/** What a test gets for an endpoint: its address, clients or `fetch` by its kind, and its state. */
export type FixtureFor<E extends Endpoint> = E extends PostgresEndpoint
  ? PostgresFixture
  : E extends RedisEndpoint
    ? RedisFixture
    : E extends HttpEndpoint
      ? ApiFixture
      : E & SliceState;

/** What a test gets for a service, by its name. */
export type FixtureOf<Name extends ServiceName> = FixtureFor<EndpointOf<Name>>;

/** The names of the services of a kind: every string until the environment's types were written. */
export type NameOfKind<Kind extends keyof EndpointByKind> = Register extends { services: infer Services }
  ? { [Name in keyof Services]: Services[Name] extends Kind ? Name : never }[keyof Services] & string
  : string;

/** Names of fixtures, each with the service that it stands for. */
export type ServiceMap = Readonly<Record<string, ServiceName>>;

/** The fixtures that a map of names gives. */
export type FixturesOf<Services extends ServiceMap> = { [Fixture in keyof Services]: FixtureOf<Services[Fixture]> };
