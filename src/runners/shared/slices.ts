import type { Fork, Lease } from '../../agent/index.js';
import { type Isolation, PortsideError, type ServiceName } from '../../model/index.js';

/** The slices of services that belong to one test file, test, worker or run. */
export interface Slices {
  /**
   * Gives the slice of a service, leasing it the first time; `undefined` for a service that is shared. `isLeased`: its kind or its labels say
   * that it is not. Errors: `LEASE_UNSUPPORTED` for such a one that cannot be leased: nobody is to share it without knowing.
   */
  lease(service: string, isLeased: boolean): Promise<Lease | undefined>;
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
    lease: async (service, isLeased) => {
      try {
        return (await (await fork()).lease(service as ServiceName)) as unknown as Lease;
      } catch (error) {
        const isUnsupported = PortsideError.is(error) && error.code === 'LEASE_UNSUPPORTED';
        if (isUnsupported && !isLeased && isolation[service] === undefined) return undefined;
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
