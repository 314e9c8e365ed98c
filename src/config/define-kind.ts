import { type KindDefinition, PortsideError, serviceKinds } from '../model/index.js';
import type { KindOptions, ServiceSpec } from './specs.js';

/** A kind of service: called with options it makes a service of that kind. */
export interface Kind {
  <const Needs extends readonly string[] = readonly []>(options?: KindOptions<Needs>): ServiceSpec<NoInfer<Needs>>;
  readonly definition: KindDefinition;
}

/**
 * Defines a kind of service that portside does not know: when it is ready, where its address leads, how it runs without Docker and
 * what a lease of it is. What is given back makes services for `defineEnvironment`, and stands in its `kinds` for Compose services
 * with the label `portside.kind: NAME`. Errors: `CONFIG_INVALID` for a name that is malformed or taken.
 */
export function defineKind(definition: KindDefinition): Kind {
  const { name } = definition;
  if (!/^[a-z][a-z0-9-]*$/.test(name) || (serviceKinds as readonly string[]).includes(name)) {
    throw new PortsideError(
      'CONFIG_INVALID',
      `Cannot define a kind: its name must be made of lower-case letters, digits and dashes, and must not be taken. Current value is '${name}'.`,
      { hint: `Taken are ${serviceKinds.join(', ')}.` },
    );
  }
  const make = <const Needs extends readonly string[] = readonly []>(
    options: KindOptions<Needs> = {},
  ): ServiceSpec<NoInfer<Needs>> => ({ type: 'kind', kind: definition, options });
  return Object.assign(make, { definition });
}
