import type { Endpoint } from './endpoint.js';
import { PortsideError } from './error.js';
import type { ServiceDefinition } from './service.js';

/**
 * Gives the environment variables that the configuration's `env` function computes from the endpoints by service name; none where there
 * is no function. Errors: `CONFIG_INVALID` when it throws, or gives something else than values by name.
 */
export function computedEnvironment(
  { name, environmentFrom }: Pick<ServiceDefinition, 'name' | 'environmentFrom'>,
  endpoints: Readonly<Record<string, Endpoint>>,
): Readonly<Record<string, string>> {
  if (environmentFrom === undefined) return {};
  const refuse = (why: string, cause?: unknown) =>
    new PortsideError('CONFIG_INVALID', `Cannot compute the environment of service '${name}': ${why}.`, {
      hint: `Mend the function 'env' of '${name}' in the configuration file. It is given the endpoints of: ${Object.keys(endpoints).join(', ') || 'no service'}.`,
      service: name,
      ...(cause === undefined ? {} : { cause }),
    });
  let computed: unknown;
  try {
    computed = environmentFrom(endpoints);
  } catch (error) {
    throw refuse(`its 'env' function failed: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  if (typeof computed !== 'object' || computed === null || Array.isArray(computed) || computed instanceof Promise) {
    throw refuse(`its 'env' function must give an object of values by name, at once`);
  }
  return Object.fromEntries(
    Object.entries(computed).map(([variable, value]) => {
      if (['string', 'number', 'boolean'].includes(typeof value)) return [variable, String(value)];
      throw refuse(`its 'env' function gives no text for ${variable}. Current value is ${JSON.stringify(value)}`);
    }),
  );
}
