import { type EndpointKind, PortsideError, type ServiceProgress } from '../../model/index.js';

/** The fixtures by the kind of service they stand for. */
const fixtures = { postgres: 'postgres', redis: 'redis', http: 'api' } as const;

/** Kinds of services that have a fixture. */
export type FixtureKind = keyof typeof fixtures & EndpointKind;

/**
 * Gives the name of the service that a fixture stands for: the only one of its kind, or the one that is named as the fixture.
 * Errors: `FIXTURE_UNAVAILABLE` when there is none, or several and none of that name.
 */
export function chooseService(
  kind: FixtureKind,
  services: readonly Pick<ServiceProgress, 'service' | 'kind'>[],
): string {
  const fixture = fixtures[kind];
  const names = services.filter((service) => service.kind === kind).map((service) => service.service);
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  if (names.includes(fixture)) return fixture;
  if (only !== undefined) {
    throw new PortsideError(
      'FIXTURE_UNAVAILABLE',
      `Cannot choose the service of the fixture '${fixture}': the environment has several of kind ${kind}. They are ${names.join(', ')}.`,
      { hint: `Name one: env.${fixture}('${only}'), or env.discover('${only}') for its address alone.` },
    );
  }
  const present = services.map((service) => `${service.service} (${service.kind})`).join(', ') || 'none';
  throw new PortsideError(
    'FIXTURE_UNAVAILABLE',
    `Cannot choose the service of the fixture '${fixture}': the environment has none of kind ${kind}. Its services are ${present}.`,
    { hint: `Give the service the label portside.kind: ${kind} if it is one.` },
  );
}
