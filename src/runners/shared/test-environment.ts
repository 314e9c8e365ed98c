import type { EnvironmentHandle } from '../../agent/index.js';
import { type Endpoint, type EndpointByKind, PortsideError, type ServiceName } from '../../model/index.js';
import { type ApiFixture, apiFixture } from './api-fixture.js';
import { chooseService, type FixtureKind } from './choose-service.js';
import { explained } from './explain.js';
import { liveEndpoint } from './live-endpoint.js';
import { type PostgresFixture, postgresFixture } from './postgres-fixture.js';
import { type RedisFixture, redisFixture } from './redis-fixture.js';

/** The environment as tests see it: they find services in it, and leave it running. */
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
  /** Gives a Postgres service with clients; without a name, the only one. Errors: `FIXTURE_UNAVAILABLE`, and those of `discover`. */
  postgres(name?: ServiceName): Promise<PostgresFixture>;
  /** Gives a Redis service with clients; without a name, the only one. Errors: `FIXTURE_UNAVAILABLE`, and those of `discover`. */
  redis(name?: ServiceName): Promise<RedisFixture>;
  /** Gives an HTTP service with `fetch`; without a name, the only one. Errors: `FIXTURE_UNAVAILABLE`, and those of `discover`. */
  api(name?: ServiceName): Promise<ApiFixture>;
}

/** A test environment and what ends the connections that its fixtures opened; the environment itself stays as it is. */
export interface OwnedTestEnvironment {
  readonly environment: TestEnvironment;
  /** May be called twice. */
  close(): Promise<void>;
}

/** Wraps an environment for tests; clients are looked for in the folders first. */
export function testEnvironment(handle: EnvironmentHandle, folders: readonly string[]): OwnedTestEnvironment {
  const closers: (() => Promise<void>)[] = [];
  const fixtures = new Map<string, Promise<unknown>>();

  const find = async <K extends FixtureKind>(kind: K, name: ServiceName | undefined): Promise<EndpointByKind[K]> => {
    const service = name ?? chooseService(kind, handle.progress());
    const endpoint: Endpoint = await handle.discover(service as ServiceName);
    if (endpoint.kind !== kind) throw wrongKind(endpoint, kind);
    return liveEndpoint(endpoint as EndpointByKind[K], () => handle.endpoints());
  };
  const once = <F>(id: string, make: () => Promise<F>): Promise<F> => {
    const made = fixtures.get(id) ?? make();
    fixtures.set(id, made);
    made.catch(() => fixtures.delete(id));
    return explained(made as Promise<F>);
  };
  const closing = <F>({ fixture, close }: { readonly fixture: F; close(): Promise<void> }): F => {
    closers.push(close);
    return fixture;
  };

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
    postgres: (name) =>
      once(`postgres ${name ?? ''}`, async () => closing(postgresFixture(await find('postgres', name), folders))),
    redis: (name) => once(`redis ${name ?? ''}`, async () => closing(redisFixture(await find('redis', name), folders))),
    api: (name) => once(`http ${name ?? ''}`, async () => apiFixture(await find('http', name))),
  };
  return {
    environment,
    close: async () => {
      fixtures.clear();
      await Promise.all(closers.splice(0).map((close) => close()));
    },
  };
}

function wrongKind({ name, kind }: Endpoint, wanted: FixtureKind): PortsideError {
  return new PortsideError(
    'FIXTURE_UNAVAILABLE',
    `Cannot use '${name}' as a service of kind ${wanted}: it is of another kind. Current value is ${kind}.`,
    { hint: `Give it the label portside.kind: ${wanted} if it is one.`, service: name },
  );
}
