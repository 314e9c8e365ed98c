import { createHash } from 'node:crypto';
import { type NetworkDefinition, type PlannedService, PortsideError } from '../../model/index.js';
import { engineAnswer, engineFailed, engineStatus, isPoolExhausted, isSubnetConflict } from './engine-error.js';
import { label } from './labels.js';
import { resourceName } from './names.js';
import { networkKeysOf } from './network-use.js';
import type { NetworkContext } from './networks.js';
import { chooseSubnet, formatSubnet, overlaps, parseSubnet, type Subnet } from './subnet.js';

const conflictTries = 8;

/**
 * Makes one network: with the file's own subnets while nothing has them, else with a free one of the first prefix for which there
 * is one, else with what the engine chooses. Chosen subnets are added to those taken. Throws ENGINE_FAILED when the engine's addresses have run out.
 */
export async function createNetwork(
  context: NetworkContext,
  key: string,
  definition: NetworkDefinition,
  prefixes: readonly number[],
  taken: Subnet[],
): Promise<void> {
  const name = resourceName(context.definition.project, key, definition.name, context.owner);
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
  const id = await createWithFreeSubnet(context, key, definition, name, prefixes, taken);
  context.networks.set(key, { name, id, fixedSubnet: false });
  if (wanted.length > 0) reportLostSubnet(context, key, wanted);
}

async function createWithFreeSubnet(
  context: NetworkContext,
  key: string,
  definition: NetworkDefinition,
  name: string,
  prefixes: readonly number[],
  taken: Subnet[],
): Promise<string> {
  const chooses = (definition.driver ?? 'bridge') === 'bridge' && definition.enableIpv4 !== false;
  for (let attempt = 0; chooses && attempt < conflictTries; attempt += 1) {
    const seed = `${context.owner.instance}${key}${attempt}`;
    const subnet = chooseSubnet(taken, prefixes, seed);
    if (subnet === undefined) break;
    taken.push(subnet);
    try {
      return await request(context, key, definition, name, { config: subnetsFor(context, key, definition, subnet) });
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

/** An engine before version 27 chooses no IPv6 subnet, so a network that wants one gets a private one of its own. */
function subnetsFor(
  context: NetworkContext,
  key: string,
  definition: NetworkDefinition,
  subnet: Subnet,
): readonly { readonly subnet: string }[] {
  const ipv4 = { subnet: formatSubnet(subnet) };
  if (!definition.enableIpv6) return [ipv4];
  const digits = createHash('sha256').update(`${context.owner.instance}${key}`).digest('hex');
  return [
    ipv4,
    { subnet: `fd${digits.slice(0, 2)}:${digits.slice(2, 6)}:${digits.slice(6, 10)}:${digits.slice(10, 14)}::/64` },
  ];
}

async function request(
  context: NetworkContext,
  key: string,
  definition: NetworkDefinition,
  name: string,
  ipam: NetworkDefinition['ipam'],
): Promise<string> {
  const { client } = context.engine;
  const creating = client.createNetwork({
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
  try {
    return (await creating).id;
  } catch (error) {
    // The spawner may have made it for this very environment, and not have lived to tell.
    const isThere = engineStatus(error) === 409 && /already exists/i.test(engineAnswer(error));
    const found = isThere ? await client.getNetwork(name).inspect() : undefined;
    if (found?.Labels?.[label.instance] === context.owner.instance) return found.Id;
    throw error;
  }
}

function reportLostSubnet(context: NetworkContext, key: string, wanted: readonly string[]): void {
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
