import type { Isolator } from '../../isolation/index.js';
import { type Isolation, PortsideError } from '../../model/index.js';
import { type HostOptions, isolationHost } from './host.js';
import { Leases } from './leases.js';

/** Makes the leases of an environment, with the isolators of all kinds. */
export function createLeases(options: HostOptions): Leases {
  const { environment, now, log } = options;
  const makeIsolator = (name: string, isolation: Isolation): Isolator => {
    const service = environment.plan.services.find((planned) => planned.name === name);
    if (service === undefined) throw unsupported(name, isolation);
    const host = isolationHost(service, options);
    return {
      isolation,
      creators: 1,
      prepare: async () => {},
      create: () => Promise.reject(unsupported(host.service.name, isolation)),
      close: async () => {},
    };
  };
  return new Leases({ plan: environment.plan, now, log, makeIsolator });
}

function unsupported(service: string, isolation: Isolation): PortsideError {
  return new PortsideError(
    'LEASE_UNSUPPORTED',
    `Cannot lease '${service}': its kind does not know that isolation. Current value is '${isolation}'.`,
    { hint: 'Postgres knows database and server, Redis server and database, every program copy.', service },
  );
}
