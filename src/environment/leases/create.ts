import {
  copyIsolator,
  type Isolator,
  postgresIsolator,
  postgresServerIsolator,
  redisDatabaseIsolator,
  redisServerIsolator,
} from '../../isolation/index.js';
import { type Isolation, PortsideError } from '../../model/index.js';
import { contentOf } from './content.js';
import { type HostOptions, isolationHost } from './host.js';
import { kindIsolator } from './kind.js';
import { Leases } from './leases.js';

/** Makes the leases of an environment, with the isolators of all kinds. */
export function createLeases(options: HostOptions): Leases {
  const { environment, now, log } = options;
  const makeIsolator = (name: string, isolation: Isolation): Isolator => {
    const service = environment.plan.services.find((planned) => planned.name === name);
    if (service === undefined) throw unsupported(name, isolation);
    const host = isolationHost(service, options);
    const { kind, custom } = service.definition;
    const ofKind = custom === undefined ? undefined : kindIsolator(custom, isolation, host);
    if (ofKind !== undefined) return ofKind;
    if (kind === 'postgres' && isolation === 'database') return postgresIsolator(host, contentOf(service, options));
    if (kind === 'postgres' && isolation === 'server') return postgresServerIsolator(host, contentOf(service, options));
    if (kind === 'redis' && isolation === 'server') return redisServerIsolator(host);
    if (kind === 'redis' && isolation === 'database') return redisDatabaseIsolator(host);
    if (isolation === 'copy') return copyIsolator(host);
    throw unsupported(name, isolation);
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
