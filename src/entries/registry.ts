// What `portside/registry` exports.
export type { Endpoint, EndpointStatus, ServiceEvent } from '../model/index.js';
export {
  type KeepOptions,
  openStorage,
  type Registered,
  type RegisterOptions,
  type Registration,
  type RegistryAddress,
  RegistryClient,
  type RegistryFrame,
  type RegistryStorage,
  ServiceRegistry,
  type ServiceRegistryOptions,
  type StorageOptions,
} from '../registry/index.js';
export {
  type Audit,
  type AuditEntry,
  createRegistryServer,
  type RegistryRateLimit,
  type RegistryServerOptions,
} from '../server/index.js';
export { findRegistry } from './find-registry.js';
export { type FollowOptions, followServicesFile, type ServicesTarget } from './follow-services-file.js';
export { Handler, type HandlerOptions } from './handler.js';
