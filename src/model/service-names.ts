import type { PlannedService } from './plan.js';

/** Gives every name by which other services reach a service: its own, its aliases and its host name. */
export function serviceNames({ name, definition }: PlannedService): readonly string[] {
  const { aliases, container, networks } = definition;
  const names = [name, ...aliases, ...networks.flatMap((network) => network.aliases)];
  return [...new Set(container.hostname === undefined ? names : [...names, container.hostname])];
}
