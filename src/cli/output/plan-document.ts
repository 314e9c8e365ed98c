import type { EnvironmentPlan, PlannedService, Warning } from '../../model/index.js';

/** One service in the JSON of `portside plan`. */
export interface PlannedServiceDocument {
  readonly name: string;
  readonly kind: string;
  readonly image?: string;
  readonly dependsOn: readonly string[];
  readonly ports: readonly { readonly target: number; readonly protocol: string; readonly policy: string }[];
  readonly startOrder: number;
}

/** A warning in JSON, its position flattened. */
export interface WarningDocument {
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** What `portside plan --json` prints. Fields are added, never renamed. */
export interface PlanDocument {
  readonly project: string;
  readonly runtime: string;
  readonly services: readonly PlannedServiceDocument[];
  readonly warnings: readonly WarningDocument[];
}

/** Writes a plan as its JSON document. */
export function planDocument({ definition, services, warnings }: EnvironmentPlan): PlanDocument {
  return {
    project: definition.project,
    runtime: definition.settings.runtime,
    services: services.map(serviceDocument),
    warnings: warnings.map(warningDocument),
  };
}

function serviceDocument({ name, definition, dependsOn, ports, startOrder }: PlannedService): PlannedServiceDocument {
  return {
    name,
    kind: definition.kind,
    ...(definition.image === undefined ? {} : { image: definition.image }),
    dependsOn: dependsOn.map(({ service }) => service),
    ports: ports.map(({ target, protocol, policy }) => ({ target, protocol, policy })),
    startOrder,
  };
}

function warningDocument({ code, message, position }: Warning): WarningDocument {
  return { code, message, ...position };
}
