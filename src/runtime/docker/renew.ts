import type Docker from 'dockerode';
import type { BoundPort, PlannedPort, PlannedService } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { containerOf } from './endpoints.js';
import { boundPorts, hostPorts, type PortBindings } from './ports.js';
import type { ContainerRecord } from './records.js';
import { exitOf } from './state.js';

/** Brings a record up to date with what the engine says of its container after a start. */
export function renewRecord(context: DockerContext, record: ContainerRecord, info: Docker.ContainerInspectInfo): void {
  const { service, replica, id, version } = record;
  const exit = exitOf(info.State);
  // Events come by another connection: of an end after this start they may have told before this answer arrived. Both times are the engine's.
  const hasEnded = record.endedAt !== undefined && record.endedAt * 1000 >= Date.parse(info.State.StartedAt);
  record.startedAt = info.State.StartedAt;
  record.published = info.NetworkSettings.Ports ?? {};
  if (exit !== undefined) record.exit = exit;
  else if (!hasEnded) delete record.exit;
  const health = info.State.Health?.Status;
  if (health === 'healthy' || health === 'unhealthy') record.healthy = health === 'healthy';
  else delete record.healthy;
  const ports = portsOf(context, record);
  record.running = { service, replica, id, ports, ...(version === undefined ? {} : { version }) };
}

function portsOf(context: DockerContext, { service, published }: ContainerRecord): readonly BoundPort[] {
  const { networkMode } = service.definition.container;
  const { host } = context.engine;
  if (networkMode === 'host') return hostPorts(service.ports, host);
  if (networkMode?.startsWith('service:')) {
    // The container whose network it shares publishes the ports of both.
    const owner = context.records.get(containerOf(context, service.name, networkMode));
    return boundPorts(service.ports, owner?.published ?? {}, host);
  }
  return boundPorts(plannedPorts(service, published ?? {}), published ?? {}, host);
}

/** Only a Testcontainers module may know its ports better than the plan. */
function plannedPorts(service: PlannedService, published: Partial<PortBindings>): readonly PlannedPort[] {
  if (service.definition.foreign === undefined || service.ports.length > 0) return service.ports;
  return Object.keys(published).map((key) => {
    const [target, protocol = 'tcp'] = key.split('/');
    return { target: Number(target), protocol: protocol as PlannedPort['protocol'], policy: 'dynamic' };
  });
}
