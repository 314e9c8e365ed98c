import type { FixturesOf, ServiceMap } from '../shared/fixture-types.js';
import type { TestEnvironment } from '../shared/test-environment.js';

/** Leases the services of a map, one after the other, as each may be wired to those before it. Errors: as `TestEnvironment.service`. */
export async function namedFixtures<Services extends ServiceMap>(
  environment: TestEnvironment,
  services: Services,
): Promise<FixturesOf<Services>> {
  const fixtures: [string, unknown][] = [];
  for (const [name, service] of Object.entries(services)) fixtures.push([name, await environment.service(service)]);
  return Object.fromEntries(fixtures) as FixturesOf<Services>;
}
