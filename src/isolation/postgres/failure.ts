import type { PostgresFailure } from '../../health/index.js';
import { PortsideError } from '../../model/index.js';

/** What to do about a failure of the server, by SQLSTATE. */
const hints: Readonly<Record<string, string>> = {
  '53100': "Free space where the server keeps its data, give its tmpfs more room, or lower 'leases.poolMax'.",
  '53200': "Give the server more memory, or lower 'leases.poolMax'.",
  '53300': "Raise the server's 'max_connections', or close connections to it.",
  '55006': 'Close what stays connected to the database, or try again.',
  '57P01': 'The server was stopped; try again when it runs.',
  '57P02': 'The server has ended; try again when it runs.',
  '57P03': 'The server is starting; try again when it is ready.',
};

/** Says that the server refused something; `attempt` completes "Cannot ...", for example `lease service 'db'`. */
export function refused(service: string, attempt: string, failure: PostgresFailure): PortsideError {
  const detail = failure.detail === undefined ? '' : ` (${failure.detail})`;
  return new PortsideError('LEASE_FAILED', `Cannot ${attempt}: ${failure.message}${detail}.`, {
    service,
    hint: hints[failure.code] ?? `Look at the output of the service: portside logs ${service}`,
  });
}

/** Says that the server lets nobody in without a password, and that nothing in the definition names one. */
export function passwordUnknown(service: string, attempt: string, failure: PostgresFailure): PortsideError {
  return new PortsideError('LEASE_UNSUPPORTED', `Cannot ${attempt}: ${failure.message}.`, {
    service,
    hint: "Name it as POSTGRES_PASSWORD in the service's environment. Or share it between all tests: label it 'portside.isolation: none'.",
  });
}

/** Says that the connection to the server could not be made or has ended. */
export function unreachable(service: string, attempt: string, error: unknown): PortsideError {
  const reason = error instanceof Error ? error.message : String(error);
  return new PortsideError('LEASE_FAILED', `Cannot ${attempt}: no connection to its server: ${reason}.`, {
    service,
    hint: `Look whether it still runs: portside ps; portside logs ${service}`,
    cause: error,
  });
}
