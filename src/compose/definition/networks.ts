import type { NetworkAttachment, NetworkDefinition } from '../../model/index.js';
import type { Path } from '../problems.js';
import type { ComposeNetwork, ComposeService } from '../project/model.js';
import { defined } from './omit.js';
import type { Report } from './report.js';

/** Gives how a service joins its networks. */
export function attachmentsOf(service: ComposeService, path: Path, report: Report): NetworkAttachment[] {
  return Object.entries(service.networks ?? {}).map(([network, given]) => {
    const options = given ?? {};
    for (const key of ['gw_priority', 'interface_name'] as const) {
      if (options[key] !== undefined) report.notCarriedOut([...path, 'networks', network, key]);
    }
    return defined({
      network,
      aliases: options.aliases ?? [],
      ipv4Address: options.ipv4_address,
      ipv6Address: options.ipv6_address,
      linkLocalIps: options.link_local_ips,
      macAddress: options.mac_address,
      priority: options.priority,
      driverOptions: options.driver_opts,
    }) as NetworkAttachment;
  });
}

/** Gives a top-level network; a name that only follows from project and key is left out. */
export function networkOf(key: string, network: ComposeNetwork, project: string): NetworkDefinition {
  const { driver, config, options } = network.ipam;
  const pools = config?.map((pool) =>
    defined({ subnet: pool.subnet, gateway: pool.gateway, ipRange: pool.ip_range, auxAddresses: pool.aux_addresses }),
  );
  const ipam = driver === undefined && pools === undefined && options === undefined;
  return defined({
    name: ownName(key, network.name, project),
    external: network.external ?? false,
    driver: network.driver,
    driverOptions: network.driver_opts,
    internal: network.internal,
    attachable: network.attachable,
    enableIpv4: network.enable_ipv4,
    enableIpv6: network.enable_ipv6,
    labels: network.labels,
    ipam: ipam ? undefined : defined({ driver, config: pools, options }),
  }) as NetworkDefinition;
}

/** Gives the name that a user chose for a resource, or `undefined` where the name only follows from project and key. */
export function ownName(key: string, name: string, project: string): string | undefined {
  return name === `${project}_${key}` ? undefined : name;
}
