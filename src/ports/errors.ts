import { formatDuration, nearest, PortsideError } from '../model/index.js';
import type { PortRange } from './range.js';

const fixPreference = 'Leave the preferred port out, or give one from 1 to 65535.';

/** The error for a preference that can be no port. */
export function impossiblePreference(service: string, port: number): PortsideError {
  return new PortsideError(
    'USAGE',
    `Cannot prefer a port for service "${service}": a port is a whole number from 1 to 65535. Current value is ${port}.`,
    { service, hint: fixPreference },
  );
}

/** The error for a pool that is none of `names`. */
export function unknownPool(pool: string, names: readonly string[]): PortsideError {
  const near = nearest(pool, names);
  return new PortsideError('USAGE', `Cannot allocate a port from pool "${pool}": there is no such pool.`, {
    hint: near === undefined ? `The pools are ${names.join(', ')}.` : `Did you mean "${near}"?`,
  });
}

/** The error for a range in which nothing is free. */
export function usedUp(service: string, { start, end }: PortRange): PortsideError {
  return new PortsideError(
    'PORT_UNAVAILABLE',
    `Cannot allocate a port for service "${service}": every port from ${start} to ${end} is in use or reserved.`,
    { service, hint: 'Make the range larger, allow ephemeral ports, or end the programs that hold the ports.' },
  );
}

/** The error for an allocator that has given everything up. */
export function closed(service: string): PortsideError {
  return new PortsideError(
    'PORT_UNAVAILABLE',
    `Cannot allocate a port for service "${service}": the allocator is closed.`,
    { service, hint: 'Make a new allocator.' },
  );
}

/** The error for an allocator that the configuration switches off. */
export function switchedOff(service: string): PortsideError {
  return new PortsideError(
    'PORT_UNAVAILABLE',
    `Cannot allocate a port for service "${service}": the port allocator is switched off.`,
    { service, hint: 'Set port_allocator.enabled to true.' },
  );
}

/** The error for a service that asks too often; `waitMs`: until it may ask again. */
export function tooOften(service: string, limit: string, waitMs: number): PortsideError {
  return new PortsideError(
    'PORT_RATE_LIMITED',
    `Cannot allocate a port for service "${service}": it asked for more than ${limit}.`,
    {
      service,
      hint: `Keep the port instead of asking anew, wait ${formatDuration(Math.ceil(waitMs))}, or raise rateLimit.`,
    },
  );
}

/** The error for a port that cannot even be tried. */
export function notLookedAt(port: number, cause: Error): PortsideError {
  return new PortsideError('PORT_UNAVAILABLE', `Cannot see whether port ${port} is free: ${cause.message}.`, {
    hint: 'Raise the limit of open files (ulimit -n), or close some.',
    cause,
  });
}
