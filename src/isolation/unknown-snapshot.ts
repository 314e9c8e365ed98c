import { PortsideError } from '../model/index.js';

/** Says that nothing is kept under a name. */
export function unknownSnapshot(service: string, name: string, known: readonly string[]): PortsideError {
  const list = known.length === 0 ? 'none' : known.map((one) => `'${one}'`).join(', ');
  return new PortsideError(
    'LEASE_UNKNOWN',
    `Cannot restore the lease of '${service}': no snapshot has the name '${name}'. Current value is ${list}.`,
    { service, hint: 'Take the snapshot first: lease.snapshot(name).' },
  );
}
