import type Docker from 'dockerode';
import { type NetworkDefinition, PortsideError } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { engineFailed } from './engine-error.js';
import { removeNetwork } from './erase.js';
import { hostSubnets } from './host-subnets.js';
import { resourceName } from './names.js';
import { createNetwork } from './network-create.js';
import { networkKeysOf, publishNetwork } from './network-use.js';
import { parseSubnet, prefixesFor } from './subnet.js';

// Reaches the host only: connections from the host come in through published ports, and without address translation none goes out.
const publishDefinition: NetworkDefinition = {
  external: false,
  driverOptions: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' },
};

/** What making networks takes of a runtime. */
export type NetworkContext = Pick<
  DockerContext,
  'plan' | 'definition' | 'owner' | 'labels' | 'networks' | 'networksAhead' | 'onProgress'
> & { readonly engine: Pick<DockerContext['engine'], 'client' | 'local'> };

/**
 * Makes the networks that the services use, each with a small subnet that nothing on the engine or the host overlaps; but not what
 * `networksAhead` has made.
 */
export async function createNetworks(context: NetworkContext): Promise<void> {
  const containers = new Map<string, number>();
  for (const service of context.plan.services) {
    for (const key of networkKeysOf(service, context.definition)) {
      containers.set(key, (containers.get(key) ?? 0) + Math.max(1, service.definition.replicas));
    }
  }
  if (containers.size === 0) return;
  const existing = mustLookFirst(context, [...containers.keys()]) ? await listNetworks(context) : [];
  const taken = existing.flatMap((network) =>
    (network.IPAM?.Config ?? []).flatMap(({ Subnet: subnet }) =>
      subnet === undefined ? [] : (parseSubnet(subnet) ?? []),
    ),
  );
  if (context.engine.local) taken.push(...hostSubnets());
  const { maxActive, poolMax } = context.definition.settings.leases;
  // Containers may be created with a name before the network is there.
  for (const key of containers.keys()) {
    const { external = false, ipam, name } = context.definition.networks[key] ?? {};
    const hasSubnet = ipam?.config?.some(({ subnet }) => subnet !== undefined) ?? false;
    if (external || hasSubnet) continue;
    const ownName = resourceName(context.definition.project, key, name, context.owner);
    context.networks.set(key, { name: ownName, fixedSubnet: false });
  }
  for (const [key, id] of Object.entries((await context.networksAhead) ?? {})) {
    const network = context.networks.get(key);
    if (network !== undefined) context.networks.set(key, { ...network, id });
  }
  // One after the other: the subnets chosen before count as taken.
  for (const [key, count] of containers) {
    if (context.networks.get(key)?.id !== undefined) continue;
    const definition = key === publishNetwork ? publishDefinition : context.definition.networks[key];
    if (definition?.external) useExternal(context, key, definition, existing);
    else
      await createNetwork(
        context,
        key,
        definition ?? { external: false },
        prefixesFor(count, maxActive + poolMax),
        taken,
      );
  }
}

/**
 * An engine's bridges stand among the interfaces of its own machine, and what stands nowhere there the engine refuses: so only who needs
 * an external network, or is elsewhere, asks the engine first.
 */
function mustLookFirst({ engine, definition }: NetworkContext, keys: readonly string[]): boolean {
  return !engine.local || keys.some((key) => definition.networks[key]?.external === true);
}

function listNetworks({ engine }: NetworkContext): Promise<Docker.NetworkInspectInfo[]> {
  return engine.client.listNetworks().catch((error: unknown) => {
    throw engineFailed('list the networks of the engine', error);
  });
}

/** Removes the networks that `createNetworks` made. */
export async function removeNetworks(context: DockerContext): Promise<readonly PortsideError[]> {
  const removals = [...context.networks].map(async ([key, network]) => {
    if (network.id === undefined) return [];
    try {
      await removeNetwork(context.engine.client, network.id);
      context.networks.delete(key);
      return [];
    } catch (error) {
      return [engineFailed(`remove the network '${network.name}'`, error)];
    }
  });
  return (await Promise.all(removals)).flat();
}

function useExternal(
  context: NetworkContext,
  key: string,
  definition: NetworkDefinition,
  existing: readonly Docker.NetworkInspectInfo[],
): void {
  const name = definition.name ?? key;
  if (!existing.some((network) => network.Name === name || network.Id === name)) {
    throw new PortsideError(
      'ENGINE_FAILED',
      `Cannot use the external network '${name}': the engine has none of that name.`,
      {
        hint: `Make it with \`docker network create ${name}\`, or drop \`external\` so that the environment makes its own.`,
      },
    );
  }
  context.networks.set(key, { name, fixedSubnet: true });
}
