import { type BoundPort, fillAdvertised, type PlannedPort, type PlannedService } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { containerOf } from './endpoints.js';
import { boundPorts, hostPorts } from './ports.js';

/** What a container is created with, so that its program knows its own host address. */
export interface Advertised {
  /** The service's ports, with a host port preferred for each that it advertises. */
  readonly ports: readonly PlannedPort[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Settles the host ports that a service advertises, before its container is created. `taken`: ports that the engine refused. */
export async function advertise(
  context: DockerContext,
  service: PlannedService,
  replica: number,
  taken: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<Advertised> {
  const { advertise: variables } = service.definition;
  if (variables === undefined) return { ports: service.ports, environment: {} };
  const known = knownAlready(context, service);
  if (known !== undefined) return { ports: service.ports, environment: fillAdvertised(variables, known) };
  const ports = await context.advertisedPorts.fix(service, replica, taken, signal);
  const { host } = context.engine;
  // The ports that the variables do not name have no number yet.
  const bound = ports.map(({ published = 0, ...port }) => ({ ...port, host, port: published }));
  return { ports, environment: fillAdvertised(variables, bound) };
}

/** The addresses of a service in the network of the host, or of a container that runs already. */
function knownAlready(context: DockerContext, service: PlannedService): readonly BoundPort[] | undefined {
  const { networkMode } = service.definition.container;
  if (networkMode === 'host') return hostPorts(service.ports, context.engine.host);
  if (!networkMode?.startsWith('service:')) return undefined;
  const owner = context.records.get(containerOf(context, service.name, networkMode));
  return boundPorts(service.ports, owner?.published ?? {}, context.engine.host);
}
