import type { RegistrySnapshot, ServiceEvent } from '../model/index.js';

/** One message of a registry server's event stream: everything first, then every change. */
export type RegistryFrame =
  | { readonly type: 'snapshot'; readonly registry: RegistrySnapshot }
  | { readonly type: 'event'; readonly event: ServiceEvent };
