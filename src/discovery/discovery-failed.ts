import { formatDuration, PortsideError } from '../model/index.js';
import type { DiscoveryAttempt } from './strategy.js';

/** Makes the error of a discovery that no strategy could answer: each with what it tried, for how long, and why it failed. */
export function discoveryFailed(name: string, attempts: readonly DiscoveryAttempt[], timedOut?: number): PortsideError {
  const lines = attempts.map(
    ({ strategy, tried, elapsedMs, reason }) =>
      `  ${strategy} (${tried}): ${reason}, after ${formatDuration(elapsedMs)}`,
  );
  const why =
    timedOut !== undefined
      ? `nothing was found within ${formatDuration(timedOut)}`
      : attempts.length === 0
        ? 'there is no strategy to find it by'
        : 'no strategy found it';
  return new PortsideError(
    timedOut === undefined ? 'DISCOVERY_FAILED' : 'DISCOVERY_TIMEOUT',
    [`Cannot discover '${name}': ${why}.`, ...lines].join('\n'),
    {
      hint:
        `Check that '${name}' runs and registers, then try again; ` +
        `discover('${name}', { retries: 3 }) does so by itself. See docs/discovery.md.`,
      service: name,
    },
  );
}
