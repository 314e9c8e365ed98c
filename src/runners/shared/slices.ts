import type { Fork, Lease } from '../../agent/index.js';
import { type Isolation, PortsideError, type ServiceName } from '../../model/index.js';

/** The slices of services that belong to one test file, test, worker or run. */
export interface Slices {
  /** Gives the slice of a service, leasing it the first time; `undefined` for a service that is shared. */
  lease(service: string): Promise<Lease | undefined>;
  /** Leases everything that can be, in one request. */
  fork(): Promise<Fork>;
  /** Ends the leases; may be called twice. */
  release(): Promise<void>;
}

/** Makes slices that are leased one by one into a fork, which is opened when the first is asked for. */
export function lazySlices(
  open: () => Promise<Fork>,
  isolation: Readonly<Partial<Record<string, Isolation>>> = {},
): Slices {
  let opened: Promise<Fork> | undefined;
  const fork = (): Promise<Fork> => {
    opened ??= open();
    return opened;
  };
  return {
    lease: async (service) => {
      try {
        return (await (await fork()).lease(service as ServiceName)) as unknown as Lease;
      } catch (error) {
        // Not every kind can be leased; but whoever has said how it is to be leased hears why it cannot be.
        const isShared = PortsideError.is(error) && error.code === 'LEASE_UNSUPPORTED';
        if (isShared && isolation[service] === undefined) return undefined;
        throw error;
      }
    },
    fork: async () => {
      const all = await fork();
      await all.extend(undefined);
      return all;
    },
    release: async () => {
      // Where the agent has gone already, so have the leases.
      await opened?.then((one) => one.release()).catch(() => undefined);
    },
  };
}
