import type { MountDefinition, PlannedPort, PlannedService, ServiceDefinition } from '../../../model/index.js';
import { slotsFolder, slotsScript } from './script.js';

/** Port inside the container that takes orders; those of the servers follow. */
const controlPort = 6400;

/** What a container with several servers of a service is made with. */
export interface SlotsPlan {
  readonly id: string;
  readonly count: number;
  /** The words that start one server. */
  readonly words: readonly string[];
  /** Password of the server that takes orders. */
  readonly secret: string;
}

/** Plans a container with several servers of the service: its image, files, networks and limits, with another program. */
export function slotsService(service: PlannedService, plan: SlotsPlan): PlannedService {
  const targets = Array.from({ length: plan.count + 1 }, (_, index) => controlPort + index);
  const ports = targets.map((target): PlannedPort => ({ target, protocol: 'tcp', policy: 'dynamic' }));
  return {
    ...service,
    name: `${service.name}-${plan.id}`,
    copy: { of: service.name, lease: plan.id },
    ports,
    readiness: [{ type: 'redis', port: controlPort }],
    definition: {
      ...withoutHooks(service.definition),
      ports,
      entrypoint: ['sh', '-c', slotsScript, 'portside'],
      command: [String(controlPort), String(controlPort + 1), String(plan.count), ...plan.words],
      credentials: { password: plan.secret },
      healthcheck: { test: ['NONE'] },
      mounts: mountsOf(service.definition),
      container: withLimitsOf(service.definition, plan.count),
    },
  };
}

function withoutHooks({ stopGracePeriodMs: _, readiness: __, ...definition }: ServiceDefinition): ServiceDefinition {
  const { postStart: ___, preStop: ____, ...container } = definition.container;
  return { ...definition, container };
}

/** No server may write to what the others read; their own folders are in memory. */
function mountsOf({ mounts }: ServiceDefinition): readonly MountDefinition[] {
  const shared = mounts.map((mount) => (mount.type === 'bind' ? { ...mount, readOnly: true } : mount));
  return [...shared, { type: 'tmpfs', target: slotsFolder, readOnly: false, mode: 0o1777 }];
}

/** The service's limits are those of one server. */
function withLimitsOf(definition: ServiceDefinition, count: number): ServiceDefinition['container'] {
  const { container } = withoutHooks(definition);
  const many = (value: number | undefined) => (value === undefined || value <= 0 ? value : value * count);
  const scaled = {
    memoryBytes: many(container.memoryBytes),
    memoryReservationBytes: many(container.memoryReservationBytes),
    memorySwapBytes: many(container.memorySwapBytes),
    cpus: many(container.cpus),
    cpuQuota: many(container.cpuQuota),
    pidsLimit: many(container.pidsLimit),
  };
  return { ...container, ...Object.fromEntries(Object.entries(scaled).filter(([, value]) => value !== undefined)) };
}
