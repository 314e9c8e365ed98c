import type { AdvertisedVariables } from './advertise.js';
import type { ContainerOptions } from './container.js';
import type { Endpoint } from './endpoint.js';
import type { SourcePosition } from './error.js';
import type { ServiceKind } from './kind.js';
import type { KindDefinition } from './kind-definition.js';
import type { ServiceLeaseSettings } from './lease.js';
import type { Migration } from './migration.js';
import type { FileGrant, MountDefinition } from './mount.js';
import type { NetworkAttachment } from './network.js';
import type { PortDefinition } from './port.js';
import type { HealthcheckDefinition, ReadinessCondition } from './readiness.js';

/** What must have happened to a dependency before its dependent starts, in Compose's terms. */
export type DependencyCondition = 'service_started' | 'service_healthy' | 'service_completed_successfully';

/** One `depends_on` entry. */
export interface DependencyDefinition {
  readonly service: string;
  readonly condition: DependencyCondition;
  /** False: a dependency that is missing or fails is reported, and the dependent starts all the same. */
  readonly required: boolean;
  readonly restart?: boolean;
}

/** How an image is built. */
export interface BuildDefinition {
  /** Absolute path of the context folder, or a URL that the engine fetches. */
  readonly context: string;
  readonly dockerfile?: string;
  readonly dockerfileInline?: string;
  readonly args: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly extraHosts?: readonly string[];
  readonly network?: string;
  readonly noCache?: boolean;
  readonly pull?: boolean;
  readonly platforms?: readonly string[];
  readonly shmSizeBytes?: number;
  readonly tags?: readonly string[];
  readonly cacheFrom?: readonly string[];
  /** Keys that only BuildKit carries out (`ssh`, `secrets`, ...), reported when the engine cannot. */
  readonly buildkitOnly?: readonly string[];
}

/** When an image is pulled, in Compose's terms. */
export type PullPolicy = 'always' | 'never' | 'missing' | 'build';

/** The host program that stands for the service in the embedded runtime (D8). */
export interface EmbeddedDefinition {
  /** Program and arguments; a single string was split into words. */
  readonly command: readonly string[];
  /** Absolute path of the working folder. */
  readonly cwd: string;
  /** Added to the service's environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** User name, password and database of a service that has them. */
export interface Credentials {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  /** True: the password was made for this environment alone. */
  readonly passwordGenerated?: boolean;
  /** Who may do everything on the server, where that is somebody else. */
  readonly admin?: { readonly user: string; readonly password: string };
}

/** A started container of a Testcontainers module, as far as portside uses it. */
export interface StartedForeignContainer {
  getId(): string;
  getHost(): string;
  getMappedPort(port: number): number;
  stop(options?: { remove?: boolean; removeVolumes?: boolean }): Promise<unknown>;
}

/** A Testcontainers module that is not started yet. */
export interface ForeignContainer {
  start(): Promise<StartedForeignContainer>;
}

/** One service of the environment, wherever it was written down; nothing in it depends on a runtime. */
export interface ServiceDefinition {
  readonly name: string;
  readonly kind: ServiceKind;
  /** Set for a service of a kind that `defineKind` has made; `kind` is then `tcp`. */
  readonly custom?: KindDefinition;
  readonly image?: string;
  readonly build?: BuildDefinition;
  readonly pullPolicy?: PullPolicy;
  /** Absent: the image's own; empty: set and empty. */
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that tell the program its own host address, known before it starts. */
  readonly advertise?: AdvertisedVariables;
  readonly ports: readonly PortDefinition[];
  readonly dependsOn: readonly DependencyDefinition[];
  readonly healthcheck?: HealthcheckDefinition;
  /** Conditions that the user gave by label or configuration; absent: derived from kind and health check. */
  readonly readiness?: readonly ReadinessCondition[];
  readonly credentials?: Credentials;
  readonly mounts: readonly MountDefinition[];
  readonly secrets: readonly FileGrant[];
  readonly configs: readonly FileGrant[];
  readonly networks: readonly NetworkAttachment[];
  /** Further DNS names: the Compose file's `container_name` and `hostname`. */
  readonly aliases: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** How many containers run it, at least 0. */
  readonly replicas: number;
  readonly stopSignal?: string;
  readonly stopGracePeriodMs?: number;
  readonly container: ContainerOptions;
  readonly embedded?: EmbeddedDefinition;
  /** Computes further environment values from the addresses of the services it needs. */
  readonly environmentFrom?: (endpoints: Readonly<Record<string, Endpoint>>) => Readonly<Record<string, string>>;
  /** Makes the Testcontainers module that runs this service. */
  readonly foreign?: () => ForeignContainer | Promise<ForeignContainer>;
  /** Brings its data up to date after each start. */
  readonly migration?: Migration;
  /** How it is leased; absent: by the defaults of its kind. */
  readonly lease?: ServiceLeaseSettings;
  readonly position?: SourcePosition;
}
