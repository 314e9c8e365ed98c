import type { Endpoint, EndpointStatus } from '../model/index.js';
import type { ServiceRegistry } from './service-registry.js';

/**
 * Where a registry's endpoints are kept. Whatever the backend, look-ups go to `registry`, which the storage keeps true: a change
 * made here is seen there when its promise resolves, and changes that others make in the same backend appear by themselves.
 */
export interface RegistryStorage extends AsyncDisposable {
  readonly backend: 'memory' | 'etcd';
  /** What is stored, as this process knows it. */
  readonly registry: ServiceRegistry;
  /** Loads what is there and begins to follow it. Errors: `REGISTRY_UNREACHABLE`. */
  start(): Promise<void>;
  /** Adds the endpoint or replaces the one with its id. With `ifAbsent` it replaces none, and gives false then. */
  put(endpoint: Endpoint, options?: { readonly ifAbsent?: boolean }): Promise<boolean>;
  /** Notes that the service still lives; `undefined` when there is none with this id. */
  heartbeat(id: string): Promise<Endpoint | undefined>;
  /** Sets the endpoint's status; false when there is none with this id. */
  setStatus(id: string, status: EndpointStatus): Promise<boolean>;
  /** Removes the endpoint; false when there is none with this id. */
  remove(id: string): Promise<boolean>;
  /** Ends the following; what is stored stays. May be called twice. */
  close(): Promise<void>;
}
