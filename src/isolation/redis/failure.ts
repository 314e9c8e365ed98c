import { PortsideError } from '../../model/index.js';

/** Says that the server refused something; `attempt` is the beginning of the message: `lease service 'cache'`. */
export function refused(service: string, attempt: string, answer: string): PortsideError {
  return new PortsideError('LEASE_FAILED', `Cannot ${attempt}: ${answer}.`, {
    service,
    hint: hintFor(answer) ?? `Look at the output of the service: portside logs ${service}`,
  });
}

/** Says that the connection to the server could not be made or has ended. */
export function unreachable(service: string, attempt: string, error: unknown): PortsideError {
  if (PortsideError.is(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (/^(WRONGPASS|NOAUTH|NOPERM|ERR|DENIED)\b/.test(reason)) return refused(service, attempt, reason);
  return new PortsideError('LEASE_FAILED', `Cannot ${attempt}: no connection to its server: ${reason}.`, {
    service,
    hint: `Look whether it still runs: portside ps; portside logs ${service}`,
    cause: error,
  });
}

function hintFor(answer: string): string | undefined {
  if (/^(WRONGPASS|NOAUTH)/.test(answer))
    return 'The password of the server was changed; release the lease and take another one.';
  if (/^OOM/.test(answer)) return "Raise the server's 'maxmemory'.";
  return undefined;
}
