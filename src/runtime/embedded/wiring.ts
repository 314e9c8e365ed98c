import { type EnvironmentPlan, type PlannedService, serviceNames } from '../../model/index.js';
import type { Form } from './form.js';
import { type Referable, References } from './references.js';

/** How the services of a plan hang together, as far as their environments and commands say it. */
export interface Wiring {
  readonly references: References;
  /** Target ports of a service, the main one first: the plan's, and those by which others address it. */
  targets(service: string): readonly number[];
  /** The services whose addresses must be final before this one starts. */
  waitsFor(service: string): ReadonlySet<string>;
}

/** Reads the references out of all environments and commands. */
export function wire(plan: EnvironmentPlan, forms: ReadonlyMap<string, Form>): Wiring {
  const services = plan.services.map(referable);
  const found = new Map(
    plan.services.map((service) => [service.name, new References(services).find(textsOf(service))]),
  );
  const targets = new Map(services.map(({ service, targets }) => [service, [...targets]]));
  for (const { service, port } of [...found.values()].flat()) {
    const known = targets.get(service);
    if (port === undefined || known === undefined || known.includes(port)) continue;
    // A port that others name but the plan does not list; `api:8` is more likely a version than an address.
    if (forms.get(service)?.type === 'process' && (port >= 1000 || port === 80 || port === 443)) known.push(port);
  }
  const waits = acyclicWaits(
    plan.services,
    new Map([...found].map(([name, references]) => [name, new Set(references.map(({ service }) => service))])),
  );
  return {
    references: new References(services.map((one) => ({ ...one, targets: targets.get(one.service) ?? [] }))),
    targets: (service) => targets.get(service) ?? [],
    waitsFor: (service) => waits.get(service) ?? new Set(),
  };
}

function referable(planned: PlannedService): Referable {
  const targets = [...new Set(planned.ports.map(({ target }) => target))];
  return { service: planned.name, names: serviceNames(planned), targets };
}

/** Everything of a service in which others may be named. */
function textsOf({ definition }: PlannedService): Record<string, string> {
  const words = [...(definition.command ?? []), ...(definition.embedded?.command ?? [])];
  const inWords = words.map((word, index) => [`word ${index}`, word] as const);
  return { ...definition.environment, ...definition.embedded?.environment, ...Object.fromEntries(inWords) };
}

/**
 * Gives for each service the references it waits for. A reference to a service that itself waits for this one, by `depends_on`
 * or by reference, is not waited for: its port was reserved ahead and is named as it stands.
 */
function acyclicWaits(
  services: readonly PlannedService[],
  references: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const edges = new Map(services.map(({ name, dependsOn }) => [name, new Set(dependsOn.map((d) => d.service))]));
  const waits = new Map<string, Set<string>>();
  for (const { name, definition } of services) {
    for (const other of references.get(name) ?? []) {
      const replicas = services.find((service) => service.name === other)?.definition.replicas ?? 0;
      if (other === name || replicas === 0 || definition.replicas === 0 || leadsTo(edges, other, name)) continue;
      edges.get(name)?.add(other);
      waits.set(name, (waits.get(name) ?? new Set()).add(other));
    }
  }
  return waits;
}

function leadsTo(edges: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const seen = new Set<string>();
  for (let queue = [from]; queue.length > 0; ) {
    const name = queue.pop() as string;
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    queue.push(...(edges.get(name) ?? []));
  }
  return false;
}
