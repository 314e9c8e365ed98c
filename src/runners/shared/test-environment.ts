import type { EnvironmentHandle, Fork, ForkOptions, Lease, LeaseOptions } from '../../agent/index.js';
import { type Endpoint, type EndpointOf, PortsideError, type ServiceName } from '../../model/index.js';
import { type ApiFixture, apiFixture } from './api-fixture.js';
import { chooseService, type FixtureKind } from './choose-service.js';
import { explained } from './explain.js';
import type { FixtureOf, NameOfKind } from './fixture-types.js';
import { liveEndpoint } from './live-endpoint.js';
import { type PostgresFixture, postgresFixture } from './postgres-fixture.js';
import { type RedisFixture, redisFixture } from './redis-fixture.js';
import { sliceState } from './slice-state.js';
import type { Slices } from './slices.js';

/**
 * The environment as tests see it. `postgres`, `redis`, `api` and `service` give slices that belong to the test file (or test, worker, run:
 * the scope); `discover` and what else an environment has give the services that all share.
 */
export interface TestEnvironment
  extends Pick<
    EnvironmentHandle,
    | 'key'
    | 'project'
    | 'directory'
    | 'runtime'
    | 'discover'
    | 'discoverAll'
    | 'watch'
    | 'endpoints'
    | 'progress'
    | 'variables'
    | 'logs'
  > {
  /** Gives the scope's own slice of a Postgres with clients; without a name, of the only one. Errors: `FIXTURE_UNAVAILABLE`, `LEASE_*`. */
  postgres(name?: NameOfKind<'postgres'>): Promise<PostgresFixture>;
  /** Gives the scope's own Redis with clients; without a name, the only one. Errors: as `postgres`. */
  redis(name?: NameOfKind<'redis'>): Promise<RedisFixture>;
  /** Gives the scope's own copy of an HTTP service with `fetch`; without a name, of the only one. Errors: as `postgres`. */
  api(name?: NameOfKind<'http'>): Promise<ApiFixture>;
  /** Gives the scope's own slice of any service, with what its kind has. Errors: as `postgres`. */
  service<Name extends ServiceName>(name: Name): Promise<FixtureOf<Name>>;
  /** Leases every service that can be, and gives the environment variables that lead to these slices: `DATABASE_URL` and so on. */
  leasedVariables(): Promise<Record<string, string>>;
  /** Leases one more slice of a service, with what it is wired to; it ends with the scope at the latest. Errors: as `EnvironmentHandle.lease`. */
  lease<Name extends ServiceName>(name: Name, options?: LeaseOptions): Promise<Lease<EndpointOf<Name>>>;
  /** Leases one more stack; it ends with the scope at the latest. Errors: as `EnvironmentHandle.fork`. */
  fork(options?: ForkOptions): Promise<Fork>;
}

/** A test environment and what ends its scope: connections and leases. The environment itself stays as it is. */
export interface OwnedTestEnvironment {
  readonly environment: TestEnvironment;
  /** May be called twice. */
  close(): Promise<void>;
}

/** What a test environment is made with. */
export interface TestEnvironmentOptions {
  readonly handle: EnvironmentHandle;
  /** Where clients are looked for first. */
  readonly folders: readonly string[];
  readonly slices: Slices;
  /** Test file as `portside ps` shows it. */
  readonly file?: string;
}

/** Wraps an environment for tests. */
export function testEnvironment({ handle, folders, slices, file }: TestEnvironmentOptions): OwnedTestEnvironment {
  const closers: (() => Promise<unknown>)[] = [];
  const fixtures = new Map<string, Promise<unknown>>();
  const owner = file === undefined ? {} : { file };

  const stepOf = (service: string) => handle.progress().find((step) => step.service === service);
  const kindOf = (service: string) => stepOf(service)?.kind;
  const fixtureOf = async (service: string): Promise<unknown> => {
    // `discover` knows best what to say of a name that there is not.
    const step = stepOf(service);
    const lease = step === undefined ? undefined : await slices.lease(service, step.isolation !== undefined);
    const endpoint: Endpoint =
      lease === undefined
        ? liveEndpoint(await handle.discover(service as ServiceName), () => handle.endpoints())
        : { ...lease.endpoint };
    const stateOf = (close: () => Promise<void>) => sliceState(service, lease, close);
    const nothing = stateOf(async () => {});
    if (endpoint.kind === 'postgres') return closing(postgresFixture(endpoint, folders, stateOf));
    if (endpoint.kind === 'redis') return closing(redisFixture(endpoint, folders, stateOf));
    if (endpoint.kind === 'http') return apiFixture(endpoint, nothing);
    return Object.assign(endpoint, { reset: nothing.reset });
  };
  const closing = <F>({ fixture, close }: { readonly fixture: F; close(): Promise<void> }): F => {
    closers.push(close);
    return fixture;
  };
  /** Whatever it is asked for by, a service has one fixture. */
  const fixture = <F>(kind: FixtureKind | undefined, name: ServiceName | undefined): Promise<F> =>
    explained(
      (async () => {
        const service = name ?? chooseService(kind as FixtureKind, handle.progress());
        const found = kindOf(service);
        if (kind !== undefined && found !== undefined && found !== kind) throw wrongKind(service, found, kind);
        const made = fixtures.get(service) ?? fixtureOf(service);
        fixtures.set(service, made);
        made.catch(() => fixtures.delete(service));
        return made as Promise<F>;
      })(),
    );

  const environment: TestEnvironment = {
    key: handle.key,
    project: handle.project,
    directory: handle.directory,
    runtime: handle.runtime,
    discover: (name, options) => explained(handle.discover(name, options)),
    discoverAll: (name, options) => explained(handle.discoverAll(name, options)),
    watch: (name, options) => handle.watch(name, options),
    endpoints: () => handle.endpoints(),
    progress: () => handle.progress(),
    variables: () => handle.variables(),
    logs: (options) => handle.logs(options),
    postgres: (name) => fixture('postgres', name),
    redis: (name) => fixture('redis', name),
    api: (name) => fixture('http', name),
    service: (name) => fixture(undefined, name),
    leasedVariables: async () => handle.variables(await explained(slices.fork())),
    lease: async (name, options) => {
      const lease = await explained(handle.lease(name, { ...owner, ...options }));
      closers.push(() => lease.release().catch(() => undefined));
      return lease;
    },
    fork: async (options) => {
      const fork = await explained(handle.fork({ ...owner, ...options }));
      closers.push(() => fork.release().catch(() => undefined));
      return fork;
    },
  };
  return {
    environment,
    close: async () => {
      fixtures.clear();
      await Promise.all(closers.splice(0).map((close) => close()));
      await slices.release();
    },
  };
}

function wrongKind(service: string, kind: string, wanted: FixtureKind): PortsideError {
  return new PortsideError(
    'FIXTURE_UNAVAILABLE',
    `Cannot use '${service}' as a service of kind ${wanted}: it is of another kind. Current value is ${kind}.`,
    { hint: `Give it the label portside.kind: ${wanted} if it is one.`, service },
  );
}
