import { availableParallelism } from 'node:os';
import { computedEnvironment, type PlannedService, PortsideError } from '../../model/index.js';
import type { IsolationHost, Isolator, Slice, StartedCopy } from '../isolator.js';
import { leasedNeeds } from './needs.js';
import { rewire } from './rewire.js';
import { linkNames, sharedTarget, sliceTarget, type Target } from './target.js';
import { Targets } from './targets.js';

/** Makes copies of a program, each wired to the slices of its own fork. */
export function copyIsolator(host: IsolationHost): Isolator {
  const { service, services } = host;
  let told = false;
  return {
    isolation: 'copy',
    needs: leasedNeeds(service, services),
    creators: Math.max(2, availableParallelism()),
    prepare: async () => {},
    create: async (id, needs, signal) => {
      requireCopyable(service);
      const wired = wire(host, id, needs);
      if (!told) tell(host, wired);
      told = true;
      try {
        const endpoints = Object.values(needs).map((slice) => [slice.service, slice.inner] as const);
        const reachable = { ...host.inner(), ...Object.fromEntries(endpoints) };
        const computed = computedEnvironment(service.definition, reachable);
        return sliceOf(id, service.name, await host.startCopy(wired.planned, computed, signal));
      } catch (error) {
        signal.throwIfAborted();
        throw notStarted(service.name, error);
      }
    },
    close: async () => {},
  };
}

/** A copy that is ready to start, and what became of its configuration. */
interface Wired {
  readonly planned: PlannedService;
  readonly replaced: readonly string[];
  /** Services that it needs, and that nothing of it names. */
  readonly unnamed: readonly string[];
  /** Paths of the files that its variables name in the place of a login. */
  readonly files: readonly string[];
}

function wire(
  { service, services, addressing, inner }: IsolationHost,
  id: string,
  needs: Readonly<Record<string, Slice>>,
): Wired {
  const own = inner();
  const name = `${service.name}-${id}`;
  const targets = services.flatMap((planned): Target[] => {
    const links = linkNames(service, planned.name);
    const slice = needs[planned.name]?.inner;
    if (slice !== undefined) return [sliceTarget({ planned, links, own: own[planned.name], slice, addressing })];
    // On the host the runtime itself knows where a copy that names itself is.
    return planned.name === service.name && addressing === 'network' ? [itself(planned, name)] : [];
  });
  const all = new Targets(targets);
  const { definition, replaced, found } = rewire(service.definition, all, addressing);
  const linked = addressing === 'network' ? Object.values(needs).filter((slice) => standsAlone(slice, services)) : [];
  const reached = new Set([...found.map((target) => target.service), ...linked.map((slice) => slice.service)]);
  const isComputed = service.definition.environmentFrom !== undefined;
  return {
    replaced,
    files: [...all.files.keys()],
    unnamed: isComputed ? [] : Object.keys(needs).filter((need) => !reached.has(need)),
    planned: {
      ...service,
      name,
      copy: { of: service.name, lease: id },
      definition: linked.length === 0 ? definition : withLinks(definition, linked, services),
    },
  };
}

/** What a copy was given, by name alone; and what a user should know when something of it cannot be given. */
function tell({ service, log }: IsolationHost, { replaced, unnamed, files }: Wired): void {
  const { name, definition } = service;
  log('info', `Copies of '${name}' are wired to the leases of their forks`, { replaced });
  if (unnamed.length > 0) {
    const services = unnamed.map((need) => `'${need}'`).join(', ');
    log(
      'warn',
      `No variable and no command of '${name}' names ${services}: if it uses them, its copies use the shared ones.`,
    );
  }
  const wholes = Object.keys(definition.environment).filter((variable) => /(URL|URI|DSN)_FILE$/i.test(variable));
  const granted = new Set([...definition.secrets, ...definition.configs].map(({ target }) => target));
  const kept = [...wholes, ...files.filter((path) => !granted.has(path))];
  if (kept.length > 0) {
    log('warn', `Copies of '${name}' read files that a lease does not change: ${kept.join(', ')}.`);
  }
}

function itself(planned: PlannedService, name: string): Target {
  const shared = sharedTarget(planned);
  return { ...shared, address: (port = shared.port) => ({ host: name, port }) };
}

/** Whether the slice is a container that is reached by the service's own port. */
function standsAlone({ service, isolation, inner }: Slice, services: readonly PlannedService[]): boolean {
  const planned = services.find(({ name }) => name === service);
  if (isolation === 'database' || planned === undefined) return false;
  const { names, port } = sharedTarget(planned);
  return !names.includes(inner.host) && inner.port === port;
}

/** For this copy alone the names of services mean their slices, also where they are written into its program. */
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
    name: endpoint.port === 0 ? copy.name : `${endpoint.host}:${endpoint.port}`,
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
