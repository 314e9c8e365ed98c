import type {
  EndpointBase,
  EndpointByKind,
  ForeignContainer,
  Isolation,
  KindDefinition,
  PostgresEndpoint,
  Register,
} from '../model/index.js';

/** Where a service's port, health and start come from, whatever its kind. */
export interface CommonOptions<Needs extends readonly string[] = readonly string[]> {
  /** Image to run. */
  readonly image?: string;
  /** Folder to build the image from, relative to the configuration file; with details as an object. */
  readonly build?:
    | string
    | {
        readonly context: string;
        readonly dockerfile?: string;
        readonly target?: string;
        readonly args?: Readonly<Record<string, string>>;
      };
  /** Words of the command; absent: the image's own. */
  readonly command?: readonly string[];
  /** Services that must be healthy before this one starts. */
  readonly needs?: Needs;
  /** Environment variables, or a function that makes them from the addresses of the services in `needs`. */
  readonly env?:
    | Readonly<Record<string, string>>
    | ((services: { readonly [Name in Needs[number]]: NeededEndpointOf<Name> }) => Readonly<Record<string, string>>);
  /**
   * Environment variables that tell the program its own host address before it starts: texts with `{host}`, `{port}` and
   * `{ports.9092}`, for example `PLAINTEXT://{host}:{port}`.
   */
  readonly advertise?: Readonly<Record<string, string>>;
  /** `HOST:CONTAINER[:ro]` mounts; host paths relative to the configuration file. */
  readonly volumes?: readonly string[];
  /** Program and folder that stand for the service where there is no Docker. */
  readonly embedded?: { readonly command: string | readonly string[]; readonly cwd?: string };
}

/** An endpoint as `env` functions see it: what a kind does not have is absent. */
export type NeededEndpoint = EndpointBase & {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string | number;
  readonly baseUrl?: string;
};

/** The endpoint of one kind where `portside-env.d.ts` tells the service's kind, else what all kinds have in common. */
export type NeededEndpointOf<Name extends string> = Register extends { services: infer Services }
  ? Name extends keyof Services
    ? Services[Name] extends keyof EndpointByKind
      ? EndpointByKind[Services[Name]]
      : NeededEndpoint
    : NeededEndpoint
  : NeededEndpoint;

export interface PostgresOptions<Needs extends readonly string[] = readonly string[]> extends CommonOptions<Needs> {
  /** Default `postgres`. */
  readonly user?: string;
  /** Default: made anew for each environment. */
  readonly password?: string;
  /** Default: like the user. */
  readonly database?: string;
  /**
   * Folder of `.sql` files, or one file, run once at the first start, in the order of their paths. Folders below it count;
   * files that end in `.down.sql` do not.
   */
  readonly migrations?: string;
  /** As `migrations`, and run after them. */
  readonly seed?: string;
  /**
   * Brings the database up to date each time the server has started, before anybody else uses it: a command line that gets
   * `DATABASE_URL`, `PGHOST` and so on, for example `npx prisma migrate deploy`, or a function. `cwd` starts from the configuration
   * file; `inputs` are the files and folders that decide what it does: with them a start from a snapshot need not run it again.
   */
  readonly migrate?:
    | string
    | { readonly command: string; readonly cwd?: string; readonly inputs?: readonly string[] }
    | ((database: PostgresEndpoint) => unknown);
  /** Port inside the container. Default 5432. */
  readonly port?: number;
  /** What a lease is: a `'database'` (the default), a whole `'server'`, or nothing (`'none'`: the server is shared). */
  readonly isolation?: 'database' | 'server' | 'none';
  /** True: the server writes its data as safely as its image does, which makes every lease slower. Default false. */
  readonly durable?: boolean;
}

export interface RedisOptions<Needs extends readonly string[] = readonly string[]> extends CommonOptions<Needs> {
  readonly password?: string;
  /** Port inside the container. Default 6379. */
  readonly port?: number;
  /** What a lease is: a `'server'` (the default), a logical `'database'`, or nothing (`'none'`: the server is shared). */
  readonly isolation?: 'server' | 'database' | 'none';
}

/** A service of a kind that `defineKind` has made. */
export interface KindOptions<Needs extends readonly string[] = readonly string[]> extends CommonOptions<Needs> {
  /** Default, as of the password and the database: what the kind says. */
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  /**
   * Folder of scripts, or one script, mounted where official images look for what to run at their first start
   * (`/docker-entrypoint-initdb.d`), in the order of their paths.
   */
  readonly migrations?: string;
  /** As `migrations`, and run after them. */
  readonly seed?: string;
  /** Port inside the container. Default: the kind's. */
  readonly port?: number;
  /** What a lease is, or `'none'`: the server is shared. Default: what the kind says. */
  readonly isolation?: Isolation | 'none';
  /** True: the server writes its data as safely as its image does, which makes every lease slower. Default false. */
  readonly durable?: boolean;
}

export interface ApiOptions<Needs extends readonly string[] = readonly string[]> extends CommonOptions<Needs> {
  /** Port that the program listens on inside the container. */
  readonly port: number;
  /** Path that answers with a status below 400 when the service is ready. Default: any answer of `/` below 500. */
  readonly health?: string;
  /** What a lease is: a `'copy'` of the program, wired to the leased services it needs (the default), or nothing (`'none'`). */
  readonly isolation?: 'copy' | 'none';
}

export interface ServiceOptions<Needs extends readonly string[] = readonly string[]> extends CommonOptions<Needs> {
  /** Ports that the program listens on inside the container. */
  readonly ports?: readonly number[];
  /** What a lease is: a `'copy'` of the program, or nothing (`'none'`: it is shared). Default `'none'`. */
  readonly isolation?: 'copy' | 'none';
}

export interface TestcontainerOptions {
  /** Ports inside the container that are to be discovered; the first is the service's. Default: those that the module exposes. */
  readonly ports?: readonly number[];
  /** Default `tcp`. */
  readonly kind?: 'postgres' | 'redis' | 'http' | 'tcp';
  /** User name, password and database that the module's server has; of use with the kinds `postgres` and `redis`. */
  readonly credentials?: { readonly user?: string; readonly password?: string; readonly database?: string };
}

/** One service of `defineEnvironment`, made by `postgres`, `redis`, `api`, `service`, `testcontainer` or a kind. */
export type ServiceSpec<Needs extends readonly string[] = readonly string[]> = { readonly needs?: Needs } & (
  | { readonly type: 'postgres'; readonly options: PostgresOptions<Needs> }
  | { readonly type: 'redis'; readonly options: RedisOptions<Needs> }
  | { readonly type: 'api'; readonly options: ApiOptions<Needs> }
  | { readonly type: 'service'; readonly options: ServiceOptions<Needs> }
  | { readonly type: 'kind'; readonly kind: KindDefinition; readonly options: KindOptions<Needs> }
  | {
      readonly type: 'testcontainer';
      readonly options: TestcontainerOptions;
      readonly factory: () => ForeignContainer | Promise<ForeignContainer>;
    }
);

/** Which Compose files a configuration takes its services from; paths relative to the configuration file. */
export interface ComposeReference {
  readonly files: readonly string[];
  readonly profiles?: readonly string[];
  readonly envFiles?: readonly string[];
  readonly projectDirectory?: string;
}
