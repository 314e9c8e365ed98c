import { nearest } from './nearest.js';

/** Says which services there are, for the hint of an error about a name that is none; first the one that may have been meant. */
export function knownServices(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return `${near === undefined ? '' : `Did you mean '${near}'? `}Known services: ${known.join(', ') || 'none'}.`;
}
