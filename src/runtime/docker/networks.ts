import type Docker from 'dockerode';
import type { NetworkDefinition, PlannedService } from '../../model/index.js';
import { PortsideError } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { engineAnswer, engineFailed, isPoolExhausted, isSubnetConflict } from './engine-error.js';
import { removeNetwork } from './erase.js';
import { hostSubnets } from './host-subnets.js';
import { resourceName } from './names.js';
import { networkKeysOf, publishNetwork } from './network-use.js';
import { chooseSubnet, formatSubnet, overlaps, parseSubnet, prefixFor, type Subnet } from './subnet.js';

/** A network that the environment's containers join. */
export interface EnvironmentNetwork {
  /** Its name in the engine. */
  readonly name: string;
  /** The id; `undefined` for an external one, which is not ours to remove. */
  readonly id?: string;
  /** Whether the file's subnet is in force, and with it the services' static addresses. */
  readonly fixedSubnet: boolean;
}

const conflictTries = 8;

/** Makes the networks that the services use, each with a small subnet that nothing on the engine or the host overlaps. */
export async function createNetworks(context: DockerContext): Promise<void> {
  const containers = new Map<string, number>();
  for (const service of context.plan.services) {
    for (const key of networkKeysOf(service, context.definition)) {
      containers.set(key, (containers.get(key) ?? 0) + Math.max(1, service.definition.replicas));
    }
  }
  if (containers.size === 0) return;
  const existing = await context.engine.client.listNetworks().catch((error: unknown) => {
    throw engineFailed('list the networks of the engine', error);
  });
  const taken = existing.flatMap((network) =>
    (network.IPAM?.Config ?? []).flatMap(({ Subnet: subnet }) =>
      subnet === undefined ? [] : (parseSubnet(subnet) ?? []),
    ),
  );
  if (context.engine.local) taken.push(...hostSubnets());
  // One after the other: the subnets chosen before count as taken.
  for (const [key, count] of containers) {
    const definition = key === publishNetwork ? publishDefinition : context.definition.networks[key];
    if (definition?.external) useExternal(context, key, definition, existing);
    else await create(context, key, definition ?? { external: false }, prefixFor(count), taken);
  }
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
  context: DockerContext,
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

async function create(
  context: DockerContext,
  key: string,
  definition: NetworkDefinition,
  prefix: number,
  taken: Subnet[],
): Promise<void> {
  const name = resourceName(context.definition.project, key, definition.name, context.owner.instance);
  const wanted = (definition.ipam?.config ?? []).flatMap(({ subnet }) => (subnet === undefined ? [] : [subnet]));
  const free = wanted.every((text) => {
    const subnet = parseSubnet(text);
    return subnet === undefined || !taken.some((other) => overlaps(subnet, other));
  });
  if (wanted.length > 0 && free) {
    const id = await request(context, key, definition, name, definition.ipam).catch((error: unknown) => {
      if (isSubnetConflict(error)) return undefined;
      throw failure(name, error);
    });
    if (id !== undefined) {
      taken.push(...wanted.flatMap((text) => parseSubnet(text) ?? []));
      context.networks.set(key, { name, id, fixedSubnet: true });
      return;
    }
  }
  const id = await createWithFreeSubnet(context, key, definition, name, prefix, taken);
  context.networks.set(key, { name, id, fixedSubnet: false });
  if (wanted.length > 0) reportLostSubnet(context, key, wanted);
}

async function createWithFreeSubnet(
  context: DockerContext,
  key: string,
  definition: NetworkDefinition,
  name: string,
  prefix: number,
  taken: Subnet[],
): Promise<string> {
  const chooses = (definition.driver ?? 'bridge') === 'bridge' && definition.enableIpv4 !== false;
  for (let attempt = 0; chooses && attempt < conflictTries; attempt += 1) {
    const subnet = chooseSubnet(taken, prefix, `${context.owner.instance}${key}${attempt}`);
    if (subnet === undefined) break;
    taken.push(subnet);
    try {
      return await request(context, key, definition, name, { config: [{ subnet: formatSubnet(subnet) }] });
    } catch (error) {
      if (!isSubnetConflict(error)) throw failure(name, error);
    }
  }
  try {
    return await request(context, key, definition, name, undefined);
  } catch (error) {
    throw failure(name, error);
  }
}

async function request(
  context: DockerContext,
  key: string,
  definition: NetworkDefinition,
  name: string,
  ipam: NetworkDefinition['ipam'],
): Promise<string> {
  const network = await context.engine.client.createNetwork({
    Name: name,
    CheckDuplicate: true,
    Driver: definition.driver ?? 'bridge',
    Internal: definition.internal,
    Attachable: definition.attachable,
    EnableIPv4: definition.enableIpv4,
    EnableIPv6: definition.enableIpv6,
    Options: definition.driverOptions && { ...definition.driverOptions },
    Labels: { ...definition.labels, ...context.labels, 'com.docker.compose.network': key },
    IPAM: ipam && {
      Driver: ipam.driver ?? 'default',
      Options: ipam.options && { ...ipam.options },
      Config: ipam.config?.map(({ subnet, gateway, ipRange, auxAddresses }) => ({
        ...(subnet === undefined ? {} : { Subnet: subnet }),
        ...(gateway === undefined ? {} : { Gateway: gateway }),
        ...(ipRange === undefined ? {} : { IPRange: ipRange }),
        ...(auxAddresses === undefined ? {} : { AuxiliaryAddresses: { ...auxAddresses } }),
      })),
    },
  });
  return network.id;
}

// Reaches the host only: connections from the host come in through published ports, and without address translation none goes out.
const publishDefinition: NetworkDefinition = {
  external: false,
  driverOptions: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' },
};

function reportLostSubnet(context: DockerContext, key: string, wanted: readonly string[]): void {
  const isMember = (service: PlannedService) => networkKeysOf(service, context.definition).includes(key);
  for (const service of context.plan.services.filter(isMember)) {
    context.onProgress(
      service.name,
      'waiting',
      `network ${key} gets another subnet, ${wanted.join(' and ')} is in use; static addresses are dropped`,
    );
  }
}

function failure(name: string, error: unknown): PortsideError {
  if (!isPoolExhausted(error)) return engineFailed(`make the network '${name}'`, error);
  return new PortsideError(
    'ENGINE_FAILED',
    `Cannot make the network '${name}': the engine has no addresses left for another network (${engineAnswer(error)}).`,
    {
      hint: 'Remove what was left behind with `portside sweep`, and unused networks with `docker network prune`.',
      cause: error,
    },
  );
}
