import { formatDuration, type ServiceProgress } from '../../model/index.js';

/** Says for people what is being done to a service, for example `pulling 3 of 7 layers` or `ready in 412 ms`. */
export function phaseText({ phase, detail, elapsedMs }: ServiceProgress): string {
  switch (phase) {
    case 'pulling':
    case 'building':
      return detail === undefined ? phase : `${phase} ${detail}`;
    case 'probing':
      return detail === undefined ? 'waiting for health' : `waiting for health (${detail})`;
    case 'ready':
    case 'completed':
      return `${phase} ${detail ?? `in ${formatDuration(elapsedMs)}`}`;
    case 'waiting':
    case 'creating':
    case 'starting':
    case 'failed':
    case 'stopping':
    case 'stopped':
      return detail === undefined ? phase : `${phase}: ${detail}`;
  }
}

/** Tells whether nothing more is expected of a service in this start. */
export function isSettled({ phase }: ServiceProgress): boolean {
  return phase === 'ready' || phase === 'completed' || phase === 'failed' || phase === 'stopped';
}
