// The registry within a process, without storage, server and client.
export { ServiceRegistry } from './service-registry.js';
export { watchService } from './watch.js';
