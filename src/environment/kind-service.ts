import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { Credentials, KindDefinition, ServiceDefinition } from '../model/index.js';

/**
 * Completes a service of a kind that `defineKind` has made: its login, the variables that tell it to the image, and what tells the
 * image that nobody wants to keep the data. `value` gives a variable's value, or the content of the file that `NAME_FILE` names.
 */
export function kindService(
  service: ServiceDefinition,
  kind: KindDefinition,
  value: (name: string) => string | undefined,
): ServiceDefinition {
  const { credentials: given } = service;
  const { credentials, environment = {} } = kind.login?.({
    ...(given === undefined ? {} : { given }),
    variable: value,
    makePassword: () => randomBytes(24).toString('base64url'),
  }) ?? { credentials: given ?? {} };
  // A variable that names a file has its value there.
  const missing = Object.entries(environment).filter(
    ([name]) => !(name in service.environment) && !(`${name}_FILE` in service.environment),
  );
  return {
    ...service,
    ...thrownAway(service, kind),
    environment: { ...service.environment, ...Object.fromEntries(missing) },
    credentials: withoutAbsent(credentials),
  };
}

/** The data goes into memory, and the server need not sync it; not where the service has wishes of its own. */
function thrownAway(service: ServiceDefinition, { throwaway }: KindDefinition): Partial<ServiceDefinition> {
  const { lease, entrypoint, build, container, mounts } = service;
  if (throwaway === undefined || lease?.durable === true || entrypoint !== undefined || build !== undefined) return {};
  const { folder, arguments: own = [], programs = [] } = throwaway;
  const [first = '', ...rest] = service.command ?? [];
  const isOption = first === '' || first.startsWith('-');
  const command = isOption ? [...own, ...(service.command ?? [])] : [first, ...own, ...rest];
  const isServer = isOption || programs.includes(first);
  const isMounted = mounts.some(({ target }) => `${posix.normalize(`${folder}/`)}`.startsWith(`${target}/`));
  const inMemory = !isMounted && container.memoryBytes === undefined && container.volumesFrom === undefined;
  const memory = { type: 'tmpfs', target: folder, readOnly: false, options: 'exec,mode=1777' } as const;
  return {
    ...(isServer && command.length > 0 ? { command } : {}),
    ...(inMemory ? { mounts: [...mounts, memory] } : {}),
  };
}

function withoutAbsent(credentials: Credentials): Credentials {
  return Object.fromEntries(Object.entries(credentials).filter(([, part]) => part !== undefined));
}
