import { formatDuration, knownServices, PortsideError } from '../model/index.js';
import type { Replica } from './replica.js';

/**
 * Says why the service cannot be discovered for good: no such service, no port, a failed or stopped environment. Gives
 * `undefined` while waiting may still help; with `waitedMs` the wait is over, and there is always an error.
 */
export function undiscoverable(replica: Replica, name: string, waitedMs: number): PortsideError;
export function undiscoverable(replica: Replica, name: string): PortsideError | undefined;
export function undiscoverable(replica: Replica, name: string, waitedMs?: number): PortsideError | undefined {
  const { state } = replica;
  if (state.state === 'failed') return PortsideError.fromJSON(state.error);
  if (state.state === 'stopping' || state.state === 'stopped') {
    return new PortsideError('ENVIRONMENT_STOPPED', `Cannot discover '${name}': the environment has stopped.`, {
      hint: 'Start it again, or keep it up longer with keepWarm.',
      service: name,
    });
  }
  const step = replica.progress.find((progress) => progress.service === name);
  if (step === undefined && replica.registry.lookup(name).length === 0) {
    if (replica.environment !== undefined || waitedMs !== undefined) return unknownService(replica, name);
  } else if (step !== undefined && step.kind === 'worker') {
    return new PortsideError(
      'DISCOVERY_UNKNOWN_SERVICE',
      `Cannot discover '${name}': it has no port to be reached at.`,
      {
        hint: `Give it a port in the Compose file ('expose' or 'ports').`,
        service: name,
      },
    );
  }
  if (waitedMs === undefined) return undefined;
  const status = replica.registry.lookup(name)[0]?.status ?? step?.phase ?? 'unknown';
  return new PortsideError(
    'DISCOVERY_TIMEOUT',
    `Cannot discover '${name}': it was not healthy within ${formatDuration(waitedMs)}. Current status is '${status}'.`,
    {
      hint: `See what it printed: portside logs ${name}. A longer wait: discover('${name}', { timeoutMs }).`,
      service: name,
    },
  );
}

function unknownService(replica: Replica, name: string): PortsideError {
  const names = [
    ...new Set([...replica.progress.map((p) => p.service), ...replica.registry.list().map((e) => e.name)]),
  ];
  return new PortsideError(
    'DISCOVERY_UNKNOWN_SERVICE',
    `Cannot discover '${name}': the environment has no such service.`,
    {
      hint: knownServices(name, names),
      service: name,
    },
  );
}
