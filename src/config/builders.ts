import type { ForeignContainer } from '../model/index.js';
import type {
  ApiOptions,
  ComposeReference,
  PostgresOptions,
  RedisOptions,
  ServiceOptions,
  ServiceSpec,
  TestcontainerOptions,
} from './specs.js';

/** A Postgres server; by default `postgres:16-alpine` with a password made for the environment. */
export function postgres<const Needs extends readonly string[] = readonly []>(
  options: PostgresOptions<Needs> = {},
): ServiceSpec<NoInfer<Needs>> {
  return { type: 'postgres', options };
}

/** A Redis server; by default `redis:7-alpine`. */
export function redis<const Needs extends readonly string[] = readonly []>(
  options: RedisOptions<Needs> = {},
): ServiceSpec<NoInfer<Needs>> {
  return { type: 'redis', options };
}

/** An HTTP service of your own, built or from an image. */
export function api<const Needs extends readonly string[] = readonly []>(
  options: ApiOptions<Needs>,
): ServiceSpec<NoInfer<Needs>> {
  return { type: 'api', options };
}

/** Any other service. */
export function service<const Needs extends readonly string[] = readonly []>(
  options: ServiceOptions<Needs>,
): ServiceSpec<NoInfer<Needs>> {
  return { type: 'service', options };
}

/** A module of Testcontainers, started with the environment and removed with it. Docker only. */
export function testcontainer(
  factory: () => ForeignContainer | Promise<ForeignContainer>,
  options: TestcontainerOptions = {},
): ServiceSpec<readonly []> {
  return { type: 'testcontainer', factory, options };
}

/** Stands for the symbols under which references lie: one of its own each, so that several can be spread into one object. */
declare const composeKey: unique symbol;

/** What `compose` gives, to be spread into `services`. */
export interface ComposeServices {
  readonly [composeKey]: ComposeReference;
}

/** All services of one or several Compose files, to be spread into `services`; what is named after it replaces them. */
export function compose(
  files: string | readonly string[],
  options: Omit<ComposeReference, 'files'> = {},
): ComposeServices {
  const reference: ComposeReference = { files: typeof files === 'string' ? [files] : files, ...options };
  return { [Symbol('portside.compose')]: reference } as unknown as ComposeServices;
}
