import type { Lease } from '../../agent/index.js';
import { PortsideError } from '../../model/index.js';
import { explained } from './explain.js';

/** What a test can do with the state of a service that is its own. */
export interface SliceState {
  /** Brings it back to the state that it was leased in; its address stays. Errors: `LEASE_UNSUPPORTED` where the service is shared, `LEASE_FAILED`. */
  reset(): Promise<void>;
}

/** What a test can do with the state of a database that is its own. */
export interface DatabaseState extends SliceState {
  /** Keeps its present state under a name; an older one of that name is replaced. Errors: as `reset`. */
  snapshot(name: string): Promise<void>;
  /** Brings a kept state back; its address stays. Errors: as `reset`; `LEASE_UNKNOWN` when there is none of that name. */
  restore(name: string): Promise<void>;
}

/** Makes the methods for a lease; without one the service is shared, and they fail. `before` closes the test's own connections. */
export function sliceState(service: string, lease: Lease | undefined, before: () => Promise<void>): DatabaseState {
  const change = (verb: string, work: (lease: Lease) => Promise<void>): Promise<void> =>
    explained(
      (async () => {
        if (lease === undefined) throw shared(service, verb);
        await before();
        await work(lease);
      })(),
    );
  return {
    reset: () => change('reset', (own) => own.reset()),
    snapshot: (name) => change('snapshot', (own) => own.snapshot(name)),
    restore: (name) => change('restore', (own) => own.restore(name)),
  };
}

function shared(service: string, verb: string): PortsideError {
  return new PortsideError('LEASE_UNSUPPORTED', `Cannot ${verb} '${service}': all tests of the environment share it.`, {
    hint: `Give it the label portside.isolation, so that each test file gets its own.`,
    service,
  });
}
