export { ServiceRegistry, type ServiceRegistryOptions } from './service-registry.js';
export { watchService } from './watch.js';
