import type { LeaseSettings } from './lease.js';
import type { NetworkDefinition } from './network.js';
import type { PortPolicy } from './port.js';
import type { ServiceDefinition } from './service.js';
import type { Warning } from './warning.js';

/** Which runtime is asked for; `auto` takes Docker when an engine answers, else embedded (D8). */
export type RuntimeChoice = 'auto' | 'docker' | 'embedded';

/** Which runtime runs an environment. */
export type RuntimeName = 'docker' | 'embedded';

/** A named volume. */
export interface VolumeDefinition {
  /** The name that an external volume has in the engine. */
  readonly name?: string;
  readonly external: boolean;
  readonly driver?: string;
  readonly driverOptions?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The content of a secret or config: resolved from an environment variable or inline, or a file to read. */
export type FileContent =
  | { readonly type: 'content'; readonly content: string }
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'external'; readonly name: string };

/** Which host ports may be chosen; what is absent has the default of `PortAllocator`. */
export interface HostPorts {
  readonly defaultRange?: { readonly start: number; readonly end: number };
  readonly reservedPorts?: readonly number[];
  readonly allowEphemeral?: boolean;
}

/** What the environment does besides its services; durations in milliseconds. */
export interface EnvironmentSettings {
  readonly runtime: RuntimeChoice;
  readonly ports: PortPolicy;
  /** Which host ports are chosen where portside, and not the engine, chooses them. */
  readonly hostPorts?: HostPorts;
  /** How long the environment stays up after its last session has closed. Default 0. */
  readonly keepWarmMs: number;
  /** One deadline over pull, build, create, start and ready. Default 120,000. */
  readonly startTimeoutMs: number;
  /** Whether servers begin with data that earlier starts have prepared. Default true. */
  readonly snapshots?: boolean;
  /** So much of snapshots is kept, in bytes. Default 2 GiB. */
  readonly snapshotBytes?: number;
  readonly leases: LeaseSettings;
}

/** Settings of one place; of the nested ones each counts by itself. */
export type GivenSettings = Partial<Omit<EnvironmentSettings, 'leases'>> & { readonly leases?: Partial<LeaseSettings> };

/** A whole environment as its files describe it: the first stage of the data flow. */
export interface EnvironmentDefinition {
  /** Compose's project name. */
  readonly project: string;
  /** Absolute path of the project folder. */
  readonly directory: string;
  /** Absolute paths of the files it was read from. */
  readonly files: readonly string[];
  readonly services: readonly ServiceDefinition[];
  readonly networks: Readonly<Record<string, NetworkDefinition>>;
  readonly volumes: Readonly<Record<string, VolumeDefinition>>;
  readonly secrets: Readonly<Record<string, FileContent>>;
  readonly configs: Readonly<Record<string, FileContent>>;
  readonly settings: EnvironmentSettings;
  readonly warnings: readonly Warning[];
}
