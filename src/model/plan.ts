import type { EnvironmentDefinition } from './definition.js';
import type { PortDefinition, PortPolicy } from './port.js';
import type { ReadinessCondition } from './readiness.js';
import type { DependencyDefinition, ServiceDefinition } from './service.js';
import type { Warning } from './warning.js';

/** A port with the policy by which its host port is chosen. */
export interface PlannedPort extends PortDefinition {
  readonly policy: PortPolicy;
}

/** A service with everything decided that can be decided before anything runs. */
export interface PlannedService {
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly ports: readonly PlannedPort[];
  readonly dependsOn: readonly DependencyDefinition[];
  /** All must hold; empty: ready as soon as it has started. */
  readonly readiness: readonly ReadinessCondition[];
  /** 0 for services that wait for nothing; otherwise one more than the latest of what it waits for. */
  readonly startOrder: number;
  /** Set for one more instance of a planned service, started for leases: the service it is a copy of, and the lease's id. */
  readonly copy?: { readonly of: string; readonly lease: string };
}

/** The second stage of the data flow: what will be started, in which order, with which port policy. */
export interface EnvironmentPlan {
  readonly definition: EnvironmentDefinition;
  /** Sorted by start order, then by name. */
  readonly services: readonly PlannedService[];
  readonly warnings: readonly Warning[];
}
