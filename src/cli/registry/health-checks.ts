import type { SectionSettings } from '../../config/index.js';
import { HealthMonitor, type MonitorOptions, watchRegistry } from '../../health/index.js';
import type { Telemetry } from '../../model/index.js';
import type { RegistryStorage } from '../../registry/index.js';

type Section = NonNullable<NonNullable<SectionSettings['serviceRegistry']>['healthChecks']>;

/** Gives how services are checked by `service_registry.health_checks`; `undefined`: they are not, which is the default. */
export function healthCheckOptions(section: Section | undefined): MonitorOptions | undefined {
  if (section === undefined || section.enabled === false) return undefined;
  const { interval, timeout, failureThreshold, successThreshold } = section;
  return {
    ...(interval === undefined ? {} : { intervalMs: interval }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(failureThreshold === undefined ? {} : { failureThreshold }),
    ...(successThreshold === undefined ? {} : { successThreshold }),
  };
}

/** Checks every registered service, and stores what changes; the function given back ends it. */
export function checkHealth(storage: RegistryStorage, options: MonitorOptions, telemetry: Telemetry): () => void {
  const monitor = new HealthMonitor({ telemetry });
  const { registry } = storage;
  const end = watchRegistry(
    monitor,
    {
      list: () => registry.list(),
      subscribe: (listener) => registry.subscribe(listener),
      updateStatus: (id, status) =>
        storage.setStatus(id, status).catch((err: unknown) => {
          telemetry.log('warn', 'Cannot store the health of a service', { service_id: id, status, err });
        }),
    },
    options,
  );
  return () => {
    end();
    monitor.close();
  };
}
