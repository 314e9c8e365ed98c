import { availableParallelism } from 'node:os';
import { type Endpoint, type PlannedService, PortsideError } from '../../model/index.js';
import type { IsolationHost, Isolator, Slice, StartedCopy } from '../isolator.js';
import { leasedNeeds } from './needs.js';
import { rewire } from './rewire.js';
import { linkNames, sharedTarget, sliceTarget, type Target } from './target.js';
import { Targets } from './targets.js';

/** Makes copies of a program, each wired to the slices of its own fork. */
export function copyIsolator(host: IsolationHost): Isolator {
  const { service, services } = host;
  let logged = false;
  return {
    isolation: 'copy',
    needs: leasedNeeds(service, services),
    creators: Math.max(2, availableParallelism()),
    prepare: async () => requireCopyable(service),
    create: async (id, needs, signal) => {
      requireCopyable(service);
      const { planned, replaced } = wired(host, id, needs);
      if (!logged) host.log('debug', `Wired a copy of '${service.name}' to the leases it needs`, { replaced });
      logged = true;
      try {
        const endpoints = Object.values(needs).map((slice) => [slice.service, slice.inner] as const);
        const reachable = { ...host.inner(), ...Object.fromEntries(endpoints) };
        const computed = service.definition.environmentFrom?.(reachable) ?? {};
        return sliceOf(id, service.name, await host.startCopy(planned, computed, signal));
      } catch (error) {
        signal.throwIfAborted();
        throw notStarted(service.name, error);
      }
    },
    close: async () => {},
  };
}

function wired(
  { service, services, addressing, inner }: IsolationHost,
  id: string,
  needs: Readonly<Record<string, Slice>>,
): { planned: PlannedService; replaced: readonly string[] } {
  const own = inner();
  const name = `${service.name}-${id}`;
  const targets = services.flatMap((planned): Target[] => {
    const links = linkNames(service, planned.name);
    const slice = needs[planned.name]?.inner;
    if (slice !== undefined) return [sliceTarget({ planned, links, own: own[planned.name], slice, addressing })];
    // On the host the runtime itself knows where a copy that names itself is.
    return planned.name === service.name && addressing === 'network' ? [itself(planned, name)] : [];
  });
  const { definition, replaced } = rewire(service.definition, new Targets(targets), addressing);
  const links = Object.values(needs).filter(({ isolation }) => isolation === 'copy' && addressing === 'network');
  return {
    replaced,
    planned: {
      ...service,
      name,
      copy: { of: service.name, lease: id },
      definition: links.length === 0 ? definition : withLinks(definition, links, services),
    },
  };
}

function itself(planned: PlannedService, name: string): Target {
  const shared = sharedTarget(planned);
  return { ...shared, address: (port = shared.port) => ({ host: name, port }) };
}

/** For this copy alone the names of the copied services mean their copies, also where they are written into its program. */
function withLinks(
  definition: PlannedService['definition'],
  slices: readonly Slice[],
  services: readonly PlannedService[],
): PlannedService['definition'] {
  const names = new Map(services.map((planned) => [planned.name, sharedTarget(planned).names]));
  const links = slices.flatMap(({ service, inner }) =>
    (names.get(service) ?? [service]).map((name) => `${inner.host}:${name}`),
  );
  return {
    ...definition,
    container: { ...definition.container, links: [...(definition.container.links ?? []), ...links] },
  };
}

function sliceOf(id: string, service: string, copy: StartedCopy): Slice {
  const { endpoint, inner, ended, restart } = copy;
  return {
    id,
    service,
    isolation: 'copy',
    name: addressText(endpoint),
    endpoint,
    inner,
    ended,
    // Where its address would change with a restart it goes on: what it stores is in other slices.
    reset: async (signal) => {
      if (restart !== undefined) return restart({}, signal);
      if (ended.aborted) throw notStarted(service, ended.reason, 'reset');
    },
    remove: () => copy.remove(),
  };
}

function addressText({ host, port }: Endpoint): string {
  return `${host}:${port}`;
}

function requireCopyable({ name, definition }: PlannedService): void {
  if (definition.foreign === undefined) return;
  throw new PortsideError(
    'LEASE_UNSUPPORTED',
    `Cannot copy the service '${name}': it is a Testcontainers module, of which portside cannot say how it is wired.`,
    { service: name, hint: 'Describe the service by image or build, or share it: `isolation: none`.' },
  );
}

function notStarted(service: string, error: unknown, what = 'lease'): unknown {
  if (!PortsideError.is(error) || error.code.startsWith('LEASE_')) return error;
  const { message, hint, logs } = error;
  return new PortsideError('LEASE_FAILED', `Cannot ${what} '${service}': ${message}`, {
    service,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
    ...(logs === undefined ? {} : { logs }),
  });
}
