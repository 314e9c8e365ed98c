import type { Endpoint } from './endpoint.js';

/** A change of the registry. `version` grows by one with every change. */
export interface ServiceEvent {
  readonly version: number;
  readonly type: 'registered' | 'updated' | 'deregistered';
  /** The endpoint after the change; for `deregistered`, as it last was. */
  readonly endpoint: Endpoint;
}

/** The whole registry at one version. */
export interface RegistrySnapshot {
  readonly version: number;
  readonly endpoints: readonly Endpoint[];
}
