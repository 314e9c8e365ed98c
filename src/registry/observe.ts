import type { Telemetry } from '../model/index.js';
import type { ServiceRegistry } from './service-registry.js';

/** Counts and logs every registration and deregistration from now on; the function given back ends that. */
export function observeRegistry(registry: ServiceRegistry, { metrics, log }: Telemetry): () => void {
  return registry.subscribe(({ type, endpoint: { name, id, port, protocol } }) => {
    const labels = { service_name: name };
    if (type === 'registered') {
      metrics.counter('discovery_services_registered_total', labels).add();
      log('info', 'Service registered', { service_name: name, service_id: id, port, protocol });
    } else if (type === 'deregistered') {
      metrics.counter('discovery_services_deregistered_total', labels).add();
      log('info', 'Service deregistered', { service_name: name, service_id: id });
    }
  });
}
