import type { PlannedService } from '../../model/index.js';
import { hasKnownInputs } from '../../runtime/index.js';
import { fillersOf } from './fillers.js';
import type { HostOptions } from './host.js';

/** Names what is in the service's own database when leases are prepared; nothing where something unknown was done to it. */
export function contentOf(
  service: PlannedService,
  { environment, runtime }: HostOptions,
): { readonly content?: string } {
  const { migration } = service.definition;
  const isKnown = migration === undefined || hasKnownInputs(migration);
  const snapshot = runtime.snapshotOf(service.name);
  if (!isKnown || snapshot === undefined || fillersOf(service.name, environment.plan).length > 0) return {};
  return { content: snapshot.key };
}
