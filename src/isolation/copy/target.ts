import { type Endpoint, type PlannedService, type ServiceKind, serviceNames } from '../../model/index.js';

/** What a client logs in with; a Redis database is its number. */
export interface Login {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
}

/** Where a slice is reached. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A service that a copy's configuration may name, and what takes its place. */
export interface Target {
  readonly service: string;
  readonly kind: ServiceKind;
  /** Of the slice, for example `mysql`; without a slice the kind. */
  readonly protocol: string;
  /** Every name it is reached by. */
  readonly names: readonly string[];
  /** The port inside that counts, and all others. */
  readonly port: number;
  readonly ports: readonly number[];
  /** Inner ports by the host port that the Compose file publishes them on. */
  readonly published: ReadonlyMap<number, number>;
  readonly own: Login;
  readonly login: Login;
  /** Whether a login other than the service's own is needed. */
  readonly newLogin: boolean;
  readonly newDatabase: boolean;
  /** Gives the slice's address for a port of the service, or for the one that counts; `undefined`: it has no such port. */
  address(port?: number): Address | undefined;
}

/** What a target is made from. */
export interface TargetParts {
  readonly planned: PlannedService;
  /** Names of it that only the copied service uses: its `links`. */
  readonly links?: readonly string[];
  /** The service itself as other services reach it; `undefined` when it is down. */
  readonly own: Endpoint | undefined;
  /** The slice as other services reach it. */
  readonly slice: Endpoint;
  /** `network`: a port that nobody declared is reached as well, under the slice's host name. */
  readonly addressing: 'network' | 'host';
}

const usualPorts: Partial<Record<ServiceKind, number>> = { postgres: 5432, redis: 6379 };

/** Makes a target of a service that stays where it is: it is only found. */
export function sharedTarget(planned: PlannedService, links: readonly string[] = []): Target {
  const { name, definition } = planned;
  const first = planned.ports.find(({ protocol }) => protocol === 'tcp') ?? planned.ports[0];
  const main = first?.target ?? usualPorts[definition.kind] ?? 80;
  return {
    service: name,
    kind: definition.kind,
    protocol: definition.kind,
    names: [...new Set([...serviceNames(planned), ...links])],
    port: main,
    ports: [...new Set([main, ...planned.ports.map(({ target }) => target)])],
    published: new Map(
      planned.ports.flatMap(({ published, target }) => (published === undefined ? [] : [[published, target]])),
    ),
    own: {},
    login: {},
    newLogin: false,
    newDatabase: false,
    address: (port = main) => ({ host: name, port }),
  };
}

/** Makes a target of a service and the slice that takes its place. */
export function sliceTarget({ planned, links = [], own, slice, addressing }: TargetParts): Target {
  const shared = sharedTarget(planned, links);
  const main = shared.port;
  const before = own === undefined ? (planned.definition.credentials ?? {}) : loginOf(own);
  const login = loginOf(slice);
  return {
    ...shared,
    protocol: slice.protocol,
    own: before,
    login,
    newLogin: (login.user ?? '') !== (before.user ?? '') || (login.password ?? '') !== (before.password ?? ''),
    newDatabase: login.database !== undefined && login.database !== before.database,
    address: (port = main) => {
      const bound = slice.ports.find(({ target }) => target === port);
      if (bound !== undefined) return { host: bound.host, port: bound.port };
      if (port === main) return { host: slice.host, port: slice.port };
      return addressing === 'network' ? { host: slice.host, port } : undefined;
    },
  };
}

/** Gives the names that a service's `links` give to another one. */
export function linkNames({ definition }: PlannedService, other: string): readonly string[] {
  return (definition.container.links ?? []).flatMap((link) => {
    const [name, alias] = link.split(':');
    return name === other && alias !== undefined ? [alias] : [];
  });
}

function loginOf(endpoint: Endpoint): Login {
  if (endpoint.kind === 'http') return {};
  const { user, password, database } = endpoint;
  return {
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database: String(database) }),
  };
}
