import type Docker from 'dockerode';
import type { PlannedService } from '../../model/index.js';

/**
 * Gives the health check to create a container with; `undefined` leaves the image's own. Where portside probes a port of the
 * service itself, the engine's check is switched off: it would only cost an exec every few seconds. A copy is looked after only
 * until it is ready, and of copies there may be hundreds.
 */
export function healthcheckOf(service: PlannedService, hasStartInterval: boolean): Docker.HealthConfig | undefined {
  const needsEngine = service.readiness.some(({ type }) => type === 'engine');
  const probed = service.readiness.some(({ type }) => ['postgres', 'redis', 'http', 'tcp', 'kind'].includes(type));
  if ((probed || service.copy !== undefined) && !needsEngine) return { Test: ['NONE'] };
  const check = service.definition.healthcheck;
  if (check === undefined) return undefined;
  return {
    ...(check.test === undefined ? {} : { Test: [...check.test] }),
    ...nanoseconds('Interval', check.intervalMs),
    ...nanoseconds('Timeout', check.timeoutMs),
    ...nanoseconds('StartPeriod', check.startPeriodMs),
    ...(hasStartInterval ? nanoseconds('StartInterval', check.startIntervalMs) : {}),
    ...(check.retries === undefined ? {} : { Retries: check.retries }),
  };
}

// The engine takes 0 as "inherit" and refuses anything between 0 and 1 ms.
function nanoseconds(key: string, ms: number | undefined): Record<string, number> {
  return ms === undefined ? {} : { [key]: ms === 0 ? 0 : Math.max(1_000_000, Math.round(ms * 1_000_000)) };
}
