import { isTimeout, type PlannedService, PortsideError } from '../../model/index.js';
import type { ServiceOutput } from './process/output.js';

/**
 * Gives the error of a start that ended because its time was up, with what the program had printed by then; any other error
 * as it is.
 */
export function explainLate(
  error: unknown,
  signal: AbortSignal,
  service: PlannedService,
  output: ServiceOutput,
): unknown {
  const { reason } = signal;
  if (error !== reason || !isTimeout(reason)) return error;
  const logs = output.lines(20).map(({ text }) => text);
  const ports = service.ports.map(({ target }) => target).join(', ') || 'none';
  return new PortsideError(
    'SERVICE_NOT_READY',
    `Cannot start service '${service.name}': its program did not listen in time. Its ports are ${ports}.`,
    {
      hint: `A program must listen on the port in its variable PORT${logs.length > 0 ? '; its output stands below' : ''}. A longer wait is set with --start-timeout.`,
      service: service.name,
      logs,
    },
  );
}
