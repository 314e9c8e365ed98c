import type { EnvironmentDefinition, NetworkAttachment, PlannedService } from '../../model/index.js';

/** A network that the environment's containers join. */
export interface EnvironmentNetwork {
  /** Its name in the engine. */
  readonly name: string;
  /** The id; `undefined` while it is being made, and for an external one, which is not ours to remove. */
  readonly id?: string;
  /** Whether the file's subnet is in force, and with it the services' static addresses. */
  readonly fixedSubnet: boolean;
}

/** Key of the network by which a service that lives on internal networks only is reached from the host. */
export const publishNetwork = 'portside-publish';

/** Gives a service's networks, highest priority first; without any of its own it joins `default`, as in Compose. */
export function attachmentsOf(service: PlannedService): readonly NetworkAttachment[] {
  const { container, networks } = service.definition;
  if (container.networkMode !== undefined && container.networkMode !== 'default') return [];
  if (networks.length === 0) return [{ network: 'default', aliases: [] }];
  return [...networks].sort((left, right) => (right.priority ?? 0) - (left.priority ?? 0));
}

/** Gives the keys of the networks that a service joins, the one by which the host reaches it included. */
export function networkKeysOf(service: PlannedService, definition: EnvironmentDefinition): readonly string[] {
  const keys = attachmentsOf(service).map(({ network }) => network);
  // An engine publishes no port of a container whose networks are all internal.
  const unreachable =
    service.ports.length > 0 && keys.length > 0 && keys.every((key) => definition.networks[key]?.internal === true);
  return unreachable ? [...keys, publishNetwork] : keys;
}
