import type { PlannedService } from '../model/index.js';
import { hasKnownInputs, type Runtime } from '../runtime/index.js';
import type { Environment } from './environment.js';
import type { Leases } from './leases/leases.js';
import { migrate } from './migrate.js';

/** What settling works with. */
export interface SettleContext {
  readonly environment: Environment;
  readonly runtime: Runtime;
  readonly leases: Leases;
  readonly hostEnvironment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Does what comes between the readiness of a service and the first use by anybody else, also after a restart: its migration, and
 * what its leases are made from. Errors: `MIGRATION_FAILED`, `LEASE_FAILED`.
 */
export async function settle(service: PlannedService, context: SettleContext): Promise<void> {
  const { environment, runtime, leases, hostEnvironment, signal } = context;
  const { migration } = service.definition;
  const [endpoint] = environment.registry.lookup(service.name);
  const isMigrated = hasKnownInputs(migration) && runtime.snapshotOf(service.name)?.used === true;
  if (migration !== undefined && endpoint !== undefined && !isMigrated) {
    environment.report(service.name, 'probing', 'migrating');
    await migrate(service, migration, { endpoint, environment: hostEnvironment, signal });
  }
  await leases.serviceReady(service.name, signal);
}
