import type { EnvironmentPlan } from '../../model/index.js';

/**
 * Gives the one-shot services that fill a service before others rely on it, such as a migration: those that depend on it,
 * directly or through others, and that somebody waits to see completed.
 */
export function fillersOf(service: string, { services }: EnvironmentPlan): readonly string[] {
  const edges = services.flatMap(({ dependsOn }) => dependsOn);
  const awaited = new Set(
    edges.filter(({ condition }) => condition === 'service_completed_successfully').map((edge) => edge.service),
  );
  const dependents = new Set([service]);
  // The plan is sorted by start order, so that everything comes after what it depends on.
  for (const { name, dependsOn } of services) {
    if (dependsOn.some((edge) => dependents.has(edge.service))) dependents.add(name);
  }
  dependents.delete(service);
  return [...dependents].filter((name) => awaited.has(name));
}
