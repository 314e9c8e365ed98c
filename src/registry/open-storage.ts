import { PortsideError } from '../model/index.js';
import type { EtcdStorageOptions } from './etcd/storage.js';
import { MemoryStorage, type MemoryStorageOptions } from './memory-storage.js';
import { ServiceRegistry, type ServiceRegistryOptions } from './service-registry.js';
import type { RegistryStorage } from './storage.js';

/** What a registry keeps its endpoints in, and how it is reached. */
export type StorageOptions =
  | ({ readonly backend: 'memory' } & ServiceRegistryOptions & MemoryStorageOptions)
  | ({ readonly backend: 'etcd' } & EtcdStorageOptions);

/** Names of the backends that there are. */
const storageBackends: readonly string[] = ['memory', 'etcd'] satisfies RegistryStorage['backend'][];

/** Checks the name of a backend. Throws `CONFIG_INVALID`; `consul` is told apart, because it was meant to be. */
export function checkBackend(name: string): asserts name is RegistryStorage['backend'] {
  if (storageBackends.includes(name)) return;
  const why = name === 'consul' ? 'consul is not built yet' : 'there is no such storage backend';
  throw new PortsideError(
    'CONFIG_INVALID',
    `Cannot keep the registry's services: ${why}. Current value is '${name}'.`,
    {
      hint: `Set storage_backend to ${storageBackends.join(' or ')}.`,
    },
  );
}

/** Makes the storage and starts it. What etcd needs is loaded only when it is asked for. Errors: `CONFIG_INVALID`, `REGISTRY_UNREACHABLE`. */
export async function openStorage(options: StorageOptions): Promise<RegistryStorage> {
  checkBackend(options.backend);
  const storage =
    options.backend === 'memory'
      ? new MemoryStorage(new ServiceRegistry(options), options)
      : new (await import('./etcd/storage.js')).EtcdStorage(options);
  await storage.start();
  return storage;
}
