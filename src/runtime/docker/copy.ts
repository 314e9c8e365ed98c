import { type BindMount, type MountDefinition, type PlannedService, PortsideError } from '../../model/index.js';

/** Folders in which servers keep their data, whatever the image. */
const dataFolders = /^\/(var\/lib|var\/opt|data|bitnami|db)(\/|$)/;

/**
 * Gives a copy as its container is made: reached by its own name alone, with a host port of its own, and with data of its own
 * where the original writes. Throws LEASE_UNSUPPORTED when two of it cannot run side by side.
 */
export function asCopy(service: PlannedService, of: string): PlannedService {
  const { definition } = service;
  const { networkMode } = definition.container;
  if (networkMode === 'host' || /^(service|container):/.test(networkMode ?? '')) throw sharesNetwork(of, networkMode);
  const { hostname: _, macAddress: __, ...container } = definition.container;
  return {
    ...service,
    ports: service.ports.map((port) => ({ ...port, policy: 'dynamic' })),
    definition: {
      ...definition,
      aliases: [],
      // By them a proxy finds what it serves, and would take a copy for one more instance.
      labels: {},
      networks: definition.networks.map(({ network, priority, driverOptions }) => ({
        network,
        aliases: [],
        ...(priority === undefined ? {} : { priority }),
        ...(driverOptions === undefined ? {} : { driverOptions }),
      })),
      mounts: definition.mounts.map((mount) => (isData(mount, definition.environment) ? fresh(mount) : mount)),
      container,
    },
  };
}

/** What the original writes to: any volume, and of the host's folders those that a server keeps its data in. */
function isData(mount: MountDefinition, environment: Readonly<Record<string, string>>): boolean {
  if (mount.readOnly || mount.type === 'tmpfs') return false;
  return mount.type === 'volume' ? mount.source !== undefined : isDataFolder(mount, environment);
}

function isDataFolder({ target }: BindMount, environment: Readonly<Record<string, string>>): boolean {
  const chosen = environment['PGDATA'];
  return dataFolders.test(target) || chosen === target || chosen?.startsWith(`${target}/`) === true;
}

/** An anonymous volume: it begins with what the image has in the folder, and goes with its container. */
function fresh(mount: MountDefinition): MountDefinition {
  const noCopy = mount.type === 'volume' && mount.noCopy === true;
  return { type: 'volume', target: mount.target, readOnly: false, ...(noCopy ? { noCopy } : {}) };
}

function sharesNetwork(service: string, networkMode: string | undefined): PortsideError {
  return new PortsideError(
    'LEASE_UNSUPPORTED',
    `Cannot copy the service '${service}': a second one would find its ports taken. Current value of network_mode is '${networkMode}'.`,
    { service, hint: 'Let the service join a network of its own, or lease it with `isolation: none`.' },
  );
}
