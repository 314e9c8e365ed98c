import type { Isolation, PlannedService, ServiceKind } from '../../model/index.js';

/** How each kind is isolated where nobody says otherwise; the others are shared (D4). */
const byKind: Partial<Record<ServiceKind, Isolation>> = { postgres: 'database', redis: 'server', http: 'copy' };

/** Gives how the service is isolated when a lease does not say; `undefined` when it is shared. */
export function defaultIsolation({ definition }: PlannedService): Isolation | undefined {
  const { kind, custom, lease, replicas, foreign } = definition;
  if (lease?.isolation === 'none' || replicas === 0) return undefined;
  if (lease?.isolation !== undefined) return lease.isolation;
  // There is one container of a Testcontainers module, and it is the user's.
  if (foreign !== undefined) return kind === 'postgres' || kind === 'redis' ? 'database' : undefined;
  if (custom?.isolate !== undefined) return custom.isolation ?? 'database';
  return byKind[kind];
}
