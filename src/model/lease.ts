import type { Endpoint } from './endpoint.js';
import type { ServiceKind } from './kind.js';

/** How a slice of a service is kept apart: a database of a shared server, a server of its own, or a copy of the program (D4). */
export type Isolation = 'database' | 'server' | 'copy';

/** How long a lease lasts in a test runner (D4). */
export type LeaseScope = 'run' | 'worker' | 'file' | 'test';

/** How one service is leased, where its file says so. */
export interface ServiceLeaseSettings {
  /** Default: `database` for Postgres, `server` for Redis, `copy` for HTTP services; `none` never leases it. */
  readonly isolation?: Isolation | 'none';
  /** True: the server writes its data as safely as its image does, which makes every lease slower. Default false. */
  readonly durable?: boolean;
}

/** How the environment leases; durations in milliseconds. */
export interface LeaseSettings {
  /** How long a lease lasts in test runners. Default `file`. */
  readonly scope: LeaseScope;
  /** Bundles that are kept ready at least, once somebody has asked for one. Default 1. */
  readonly poolMin: number;
  /** Bundles that are kept ready at most. Default 8. */
  readonly poolMax: number;
  /** Forks at the same time; whoever comes later waits. Default 512. */
  readonly maxActive: number;
  /** How long a request waits for its turn before it fails. Default 60,000. */
  readonly queueTimeoutMs: number;
}

/** What holds where nobody says otherwise. */
export const defaultLeaseSettings: LeaseSettings = {
  scope: 'file',
  poolMin: 1,
  poolMax: 8,
  maxActive: 512,
  queueTimeoutMs: 60_000,
};

/** Who holds a lease. */
export interface LeaseOwner {
  /** What the client said it is, for example `vitest`. */
  readonly client: string;
  readonly pid: number | null;
  /** Test file, relative to the project folder. */
  readonly file?: string;
}

/** One leased slice as its holder sees it. */
export interface LeasedService {
  /** Never used twice. */
  readonly id: string;
  readonly service: string;
  readonly isolation: Isolation;
  /** Name of the database, or address of the server or copy. */
  readonly name: string;
  readonly endpoint: Endpoint;
}

/** A fork: the slices that one holder was given together; each service at most once. */
export interface ForkDocument {
  readonly id: string;
  readonly leases: readonly LeasedService[];
}

/** What a client asks for. */
export interface LeaseRequest {
  /** The session that holds the lease: when it closes, the lease ends. */
  readonly session: string;
  /** Services to lease; absent: all that can be. What a leased copy needs is leased along with it. */
  readonly services?: readonly string[];
  /** A fork of the same session that is to be extended; absent: a new one. */
  readonly fork?: string;
  /** Overrides of the services' own isolation, by service. */
  readonly isolation?: Readonly<Record<string, Isolation>>;
  readonly file?: string;
  /** How long to wait for a turn; default: the environment's setting. */
  readonly timeoutMs?: number;
}

/** One lease in the command line's JSON; while it is `queued`, it has no name and no URL yet. */
export interface LeaseDocument {
  readonly id: string;
  readonly fork: string;
  readonly service: string;
  readonly kind: ServiceKind;
  readonly isolation: Isolation | null;
  readonly state: 'queued' | 'active';
  readonly name: string | null;
  readonly url: string | null;
  readonly owner: LeaseOwner;
  /** Milliseconds since 1970. */
  readonly since: number;
}
