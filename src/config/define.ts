import type { ComposeServices } from './builders.js';
import type { Kind } from './define-kind.js';
import type { SectionSpecs } from './sections/index.js';
import type { ServiceSpec } from './specs.js';

/** The sections of a configuration file for programs that live on; each key in camel case or in snake case. */
export interface SectionsSpec extends Partial<SectionSpecs> {
  readonly port_allocator?: SectionSpecs['portAllocator'];
  readonly service_registry?: SectionSpecs['serviceRegistry'];
}

/** Settings of a configuration file; durations as `'5m'` or in milliseconds. */
export interface SettingsSpec extends SectionsSpec {
  readonly runtime?: 'auto' | 'docker' | 'embedded';
  readonly ports?: 'dynamic' | 'prefer';
  /** How long the environment stays up after its last session. Default 0. */
  readonly keepWarm?: string | number;
  /** One deadline for the whole start. Default `'120s'`. */
  readonly startTimeout?: string | number;
  /** Whether servers begin with data that earlier starts have prepared. Default true. */
  readonly snapshots?: boolean;
  readonly leases?: LeasesSpec;
}

/** How the environment leases slices of its services. */
export interface LeasesSpec {
  /** How long a lease of a test runner's fixture lasts. Default `'file'`. */
  readonly scope?: 'run' | 'worker' | 'file' | 'test';
  /** How many bundles are kept ready once somebody has asked for one: at least `min` (default 1), at most `max` (default 8). */
  readonly pool?: { readonly min?: number; readonly max?: number };
  /** How many forks there may be at a time; whoever comes later waits. Default 512. */
  readonly maxActive?: number;
  /** How long a request waits for its turn before it fails. Default `'60s'`. */
  readonly queueTimeout?: string | number;
}

/** Services by name. Those of `compose(...)` lie under symbols. */
export type ServiceSpecs = Readonly<Record<string, ServiceSpec<readonly string[]>>>;

/** What a configuration file exports. */
export interface EnvironmentSpec<Services = ServiceSpecs> extends SettingsSpec {
  /** Compose files whose services come first, as with `compose(...)`: for configuration files in JSON. */
  readonly composeFile?: string | readonly string[];
  /** Profiles of `composeFile`. */
  readonly profiles?: readonly string[];
  /** Files of variables for `composeFile`. */
  readonly envFiles?: readonly string[];
  /** Further kinds of services, made by `defineKind`, that services of Compose files may be of. */
  readonly kinds?: readonly Kind[];
  /** Absent, and no `composeFile` either: the Compose file that is found from the working folder. */
  readonly services?: Services;
}

/** A service may need only services that are there; with `compose(...)` among them any name may be. */
type Checked<Services> = Services extends ComposeServices
  ? unknown
  : {
      readonly [Name in keyof Services]: Services[Name] extends ServiceSpec<infer Needs>
        ? Needs[number] extends keyof Services
          ? unknown
          : { readonly needs: readonly (keyof Services)[] }
        : unknown;
    };

/** Describes an environment: the default export of `portside.config.ts`. The services' names and needs are checked by their types. */
export function defineEnvironment<const Services extends ServiceSpecs>(
  spec: EnvironmentSpec<Services & Checked<Services>>,
): EnvironmentSpec {
  return spec as unknown as EnvironmentSpec;
}
