import { environmentKey } from '../environment/index.js';
import { type EnvironmentDefinition, packageVersion, type RuntimeName } from '../model/index.js';

/**
 * Gives the definition for the order to an agent, which then need not read the files again; `undefined` when it holds functions, or
 * anything else that would not arrive as it is.
 */
export function plainDefinition(
  definition: EnvironmentDefinition,
  runtime: RuntimeName,
  key: string,
): EnvironmentDefinition | undefined {
  if (!isPlain(definition)) return undefined;
  const arrived = JSON.parse(JSON.stringify(definition)) as EnvironmentDefinition;
  return environmentKey(arrived, runtime, packageVersion()) === key ? definition : undefined;
}

/** Whether JSON carries the value whole. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'function') return false;
  if (typeof value !== 'object' || value === null) return true;
  const kind = Object.getPrototypeOf(value);
  return (
    (kind === Object.prototype || kind === Array.prototype || kind === null) && Object.values(value).every(isPlain)
  );
}
