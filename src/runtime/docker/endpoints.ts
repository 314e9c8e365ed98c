import type Docker from 'dockerode';
import { type NetworkAttachment, type PlannedService, PortsideError } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { containerName } from './names.js';
import { attachmentsOf, networkKeysOf } from './network-use.js';

/** How a container is joined to its networks. */
export interface ContainerNetworking {
  /** The engine's `NetworkMode`: name of the first network, or `host`, `none`, `bridge`, `container:ID`. */
  readonly mode: string;
  /** Networks by name that the create request itself joins. */
  readonly atCreate: Readonly<Record<string, Docker.EndpointSettings>>;
  /** Networks by name that are joined by requests of their own before the start. */
  readonly later: Readonly<Record<string, Docker.EndpointSettings>>;
}

/** Works out which networks a service's container joins, under which names. */
export function containerNetworking(context: DockerContext, service: PlannedService): ContainerNetworking {
  const { networkMode } = service.definition.container;
  if (networkMode !== undefined && networkMode !== 'default') {
    const mode = /^(service|container):/.test(networkMode)
      ? `container:${containerOf(context, service.name, networkMode)}`
      : networkMode;
    return { mode, atCreate: {}, later: {} };
  }
  const endpoints = endpointsOf(context, service);
  const [first] = endpoints;
  if (first === undefined) return { mode: 'none', atCreate: {}, later: {} };
  // Before API 1.44 the create request takes one network only.
  const split = context.engine.speaks('1.44') ? endpoints.length : 1;
  return {
    mode: first[0],
    atCreate: Object.fromEntries(endpoints.slice(0, split)),
    later: Object.fromEntries(endpoints.slice(split)),
  };
}

/** Gives the id of the container that `service:NAME` or `container:NAME` means; of several replicas the first. */
export function containerOf(context: DockerContext, user: string, reference: string): string {
  const [type, name = ''] = reference.split(/:(.*)/s);
  if (type === 'container') return name;
  const record = context.records.all().find(({ service, replica }) => service.name === name && replica === 1);
  if (record !== undefined) return record.id;
  throw new PortsideError(
    'SERVICE_START_FAILED',
    `Cannot start the service '${user}': it shares parts of the service '${name}', which does not run. Current value is '${reference}'.`,
    { service: user, hint: `Let '${user}' depend on '${name}' in \`depends_on\`, so that '${name}' is started first.` },
  );
}

/** Gives the settings by which a service joins each of its networks, by the network's real name. */
export function endpointsOf(
  context: DockerContext,
  service: PlannedService,
): readonly (readonly [string, Docker.EndpointSettings])[] {
  const attachments = new Map(attachmentsOf(service).map((attachment) => [attachment.network, attachment]));
  return networkKeysOf(service, context.definition).flatMap((key, index) => {
    const network = context.networks.get(key);
    if (network === undefined) return [];
    const attachment = attachments.get(key);
    // The service's own hardware address is that of its first network.
    const macAddress = attachment?.macAddress ?? (index === 0 ? service.definition.container.macAddress : undefined);
    return [
      [network.name, settings(context, service, { attachment, macAddress, fixedSubnet: network.fixedSubnet })] as const,
    ];
  });
}

function settings(
  context: DockerContext,
  service: PlannedService,
  joined: {
    readonly attachment: NetworkAttachment | undefined;
    readonly macAddress: string | undefined;
    readonly fixedSubnet: boolean;
  },
): Docker.EndpointSettings {
  const { attachment, macAddress, fixedSubnet } = joined;
  const names = [service.name, ...service.definition.aliases, ...(attachment?.aliases ?? [])];
  const links = linksOf(context, service);
  // A static address means one container; further replicas get any.
  const isAlone = service.definition.replicas <= 1;
  return {
    Aliases: [...new Set(names)],
    ...(links.length === 0 ? {} : { Links: [...links] }),
    ...(isAlone && fixedSubnet ? addresses(attachment) : {}),
    ...(attachment?.driverOptions === undefined ? {} : { DriverOpts: { ...attachment.driverOptions } }),
    ...(isAlone && macAddress !== undefined && context.engine.speaks('1.44') ? { MacAddress: macAddress } : {}),
  };
}

function addresses(attachment: NetworkAttachment | undefined): Docker.EndpointSettings {
  const { ipv4Address, ipv6Address, linkLocalIps } = attachment ?? {};
  if (ipv4Address === undefined && ipv6Address === undefined && linkLocalIps === undefined) return {};
  return {
    IPAMConfig: {
      ...(ipv4Address === undefined ? {} : { IPv4Address: ipv4Address }),
      ...(ipv6Address === undefined ? {} : { IPv6Address: ipv6Address }),
      ...(linkLocalIps === undefined ? {} : { LinkLocalIPs: [...linkLocalIps] }),
    },
  };
}

/** `links: [db:database]` gives a service one more name, for this container alone. */
function linksOf({ definition, owner }: DockerContext, service: PlannedService): readonly string[] {
  return (service.definition.container.links ?? []).flatMap((link) => {
    const [target = link, alias = target] = link.split(':');
    return alias === target ? [] : [`${containerName(definition.project, target, 1, owner)}:${alias}`];
  });
}
