import type { PlannedService } from '../../model/index.js';
import { rewire } from './rewire.js';
import { linkNames, sharedTarget } from './target.js';
import { Targets } from './targets.js';

/**
 * Gives the services that a copy of the service is wired to when they are leased with it: those that its environment and command
 * name, and those it depends on, except what only runs before it. In the order of `services`.
 */
export function leasedNeeds(service: PlannedService, services: readonly PlannedService[]): readonly string[] {
  const others = services.filter(({ name }) => name !== service.name);
  const targets = new Targets(others.map((other) => sharedTarget(other, linkNames(service, other.name))));
  const named = (['network', 'host'] as const).flatMap((addressing) =>
    rewire(service.definition, targets, addressing).found.map((target) => target.service),
  );
  const awaited = service.dependsOn.filter(({ condition }) => condition !== 'service_completed_successfully');
  const needs = new Set([...named, ...awaited.map((edge) => edge.service)]);
  return others.map(({ name }) => name).filter((name) => needs.has(name));
}
