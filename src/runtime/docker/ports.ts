import type { BoundPort, PlannedPort, PlannedService } from '../../model/index.js';

/** Host ports by container port, as the engine takes them: `{'80/tcp': [{HostIp, HostPort}]}`. */
export type PortBindings = Record<string, { HostIp: string; HostPort: string }[]>;

/** The engine's name of a container port: `5432/tcp`. */
export function portKey(port: { readonly target: number; readonly protocol: string }): string {
  return `${port.target}/${port.protocol}`;
}

/**
 * Asks for a host port for each planned port: the published one where the policy prefers it and it is not among those
 * found taken, else any (0).
 */
export function portBindings(
  ports: readonly PlannedPort[],
  bindAddress: string,
  taken: ReadonlySet<number>,
): PortBindings {
  const bindings: PortBindings = {};
  for (const port of ports) {
    const wish = preferred(port);
    const HostPort = wish !== undefined && !taken.has(wish) ? String(wish) : '0';
    bindings[portKey(port)] ??= [];
    const list = bindings[portKey(port)] ?? [];
    if (!list.some((binding) => binding.HostPort === HostPort)) list.push({ HostIp: bindAddress, HostPort });
  }
  return bindings;
}

/**
 * Gives the preferred ports to do without after the engine refused one: the one it named, or all when it named none of them.
 */
export function refusedPorts(ports: readonly PlannedPort[], answer: string): readonly number[] {
  const wishes = ports.flatMap((port) => preferred(port) ?? []);
  const named = wishes.filter((wish) => new RegExp(`(?<!\\d)${wish}(?!\\d)`).test(answer));
  return named.length > 0 ? named : wishes;
}

/** Reads the real host ports back, in the order of the plan; a port that the engine did not publish is left out. */
export function boundPorts(
  ports: readonly PlannedPort[],
  published: Partial<PortBindings>,
  host: string,
): readonly BoundPort[] {
  return ports.flatMap((port) => {
    // IPv6 may have another host port than IPv4, so only the address that `host` is of counts.
    const bindings = (published[portKey(port)] ?? []).filter(
      ({ HostIp }) => HostIp.includes(':') === host.includes(':'),
    );
    const binding = bindings.find(({ HostPort }) => Number(HostPort) === preferred(port)) ?? bindings[0];
    return binding === undefined ? [] : [bound(port, host, Number(binding.HostPort))];
  });
}

/** The ports of a service that shares the network of its host. */
export function hostPorts(ports: readonly PlannedPort[], host: string): readonly BoundPort[] {
  return ports.map((port) => bound(port, host, port.target));
}

/** Gives the ports that a service's container publishes: its own and those of the services that join its network. */
export function publishedBy(service: PlannedService, all: readonly PlannedService[]): readonly PlannedPort[] {
  const guests = all.filter((other) => other.definition.container.networkMode === `service:${service.name}`);
  return [...service.ports, ...guests.flatMap((guest) => guest.ports)];
}

function bound(port: PlannedPort, host: string, hostPort: number): BoundPort {
  const name = port.name === undefined ? {} : { name: port.name };
  return { target: port.target, protocol: port.protocol, host, port: hostPort, ...name };
}

function preferred(port: PlannedPort): number | undefined {
  return port.policy === 'prefer' ? port.published : undefined;
}
