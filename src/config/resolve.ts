import { dirname, resolve } from 'node:path';
import {
  type BindMount,
  type Credentials,
  type Endpoint,
  type Migration,
  type PortDefinition,
  PortsideError,
  type ReadinessCondition,
  type ServiceDefinition,
  type ServiceKind,
  type ServiceLeaseSettings,
  unknownPlaceholder,
} from '../model/index.js';
import { initScripts } from './init-scripts.js';
import type { CommonOptions, PostgresOptions, ServiceSpec } from './specs.js';

/** Turns one service of a configuration file into its definition; paths start from the file's folder. Errors: `CONFIG_INVALID`. */
export function resolveSpec(name: string, spec: ServiceSpec, file: string): ServiceDefinition {
  const definition = definitionOf(name, spec, file);
  for (const [variable, text] of Object.entries(definition.advertise ?? {})) {
    const unknown = unknownPlaceholder(text, definition.ports);
    if (unknown === undefined) continue;
    throw new PortsideError(
      'CONFIG_INVALID',
      `Cannot use services.${name}.advertise.${variable}: "{${unknown}}" stands for nothing that the service has. Current value is "${text}".`,
      {
        hint: `Write {host}, {port} or {ports.NUMBER} with one of its ports (${definition.ports.map(({ target }) => target).join(', ') || 'it has none'}); a plain brace is {{.`,
        service: name,
        position: { file },
      },
    );
  }
  return definition;
}

function definitionOf(name: string, spec: ServiceSpec, file: string): ServiceDefinition {
  if (spec.type === 'testcontainer') {
    const { ports = [], kind = 'tcp', credentials } = spec.options;
    return {
      ...common(name, kind, {}, file),
      ports: ports.map(tcp),
      foreign: spec.factory,
      ...(credentials === undefined ? {} : { credentials }),
    };
  }
  const { options } = spec;
  const base = common(name, kindOf(spec), options, file);
  switch (spec.type) {
    case 'postgres': {
      const { user, password, database, port = 5432, migrations, seed, migrate, isolation, durable } = spec.options;
      const scripts = [
        ...initScripts({ service: name, key: 'migrations', path: migrations, file }),
        ...initScripts({ service: name, key: 'seed', path: seed, file }),
      ];
      return {
        ...base,
        ...(base.build === undefined && base.image === undefined ? { image: 'postgres:16-alpine' } : {}),
        ports: [tcp(port)],
        credentials: loginOf({ user, password, database }),
        mounts: [...base.mounts, ...scripts],
        ...(migrate === undefined ? {} : { migration: migrationOf(migrate, file) }),
        ...leased({ isolation, durable }),
      };
    }
    case 'redis': {
      const { password, port = 6379, isolation } = spec.options;
      const command = base.command ?? ['redis-server', ...(password === undefined ? [] : ['--requirepass', password])];
      return {
        ...base,
        ...(base.build === undefined && base.image === undefined ? { image: 'redis:7-alpine' } : {}),
        command,
        ports: [tcp(port)],
        ...(password === undefined ? {} : { credentials: { password } }),
        ...leased({ isolation }),
      };
    }
    case 'kind': {
      const { kind, options } = spec;
      const { user, password, database, port = kind.port, migrations, seed, isolation, durable } = options;
      const scripts = [
        ...initScripts({ service: name, key: 'migrations', path: migrations, file }),
        ...initScripts({ service: name, key: 'seed', path: seed, file }),
      ];
      return {
        ...base,
        custom: kind,
        ...(base.build === undefined && base.image === undefined ? { image: kind.image } : {}),
        ports: [tcp(port)],
        credentials: loginOf({ user, password, database }),
        mounts: [...base.mounts, ...scripts],
        ...leased({ isolation, durable }),
      };
    }
    case 'api': {
      const { port, health, isolation } = spec.options;
      const readiness: ReadinessCondition[] = [
        { type: 'http', port, path: health ?? '/', maxStatus: health === undefined ? 499 : 399 },
      ];
      return { ...base, ports: [tcp(port)], readiness, ...leased({ isolation }) };
    }
    case 'service':
      return { ...base, ports: (spec.options.ports ?? []).map(tcp), ...leased(spec.options) };
  }
}

function migrationOf(migrate: NonNullable<PostgresOptions['migrate']>, file: string): Migration {
  if (typeof migrate === 'function')
    return { type: 'function', run: migrate as (endpoint: Endpoint) => unknown, inputs: [] };
  const { command, cwd = '.', inputs = [] } = typeof migrate === 'string' ? { command: migrate } : migrate;
  const directory = dirname(file);
  return {
    type: 'command',
    command,
    cwd: resolve(directory, cwd),
    inputs: inputs.map((input) => resolve(directory, input)),
  };
}

function loginOf(login: { readonly [Key in 'user' | 'password' | 'database']: string | undefined }): Credentials {
  return Object.fromEntries(Object.entries(login).filter(([, part]) => part !== undefined));
}

function leased({
  isolation,
  durable,
}: {
  readonly isolation?: ServiceLeaseSettings['isolation'] | undefined;
  readonly durable?: boolean | undefined;
}): Pick<ServiceDefinition, 'lease'> {
  if (isolation === undefined && durable === undefined) return {};
  return {
    lease: { ...(isolation === undefined ? {} : { isolation }), ...(durable === undefined ? {} : { durable }) },
  };
}

function kindOf(spec: Exclude<ServiceSpec, { type: 'testcontainer' }>): ServiceKind {
  if (spec.type === 'api') return 'http';
  if (spec.type === 'kind') return 'tcp';
  if (spec.type !== 'service') return spec.type;
  return (spec.options.ports ?? []).length === 0 ? 'worker' : 'tcp';
}

function common(name: string, kind: ServiceKind, options: CommonOptions, file: string): ServiceDefinition {
  const directory = dirname(file);
  const { image, build, command, needs = [], env = {}, advertise, volumes = [], embedded } = options;
  return {
    name,
    kind,
    ...(image === undefined ? {} : { image }),
    ...(build === undefined ? {} : { build: buildOf(build, directory) }),
    ...(command === undefined ? {} : { command }),
    ...(typeof env === 'function' ? { environmentFrom: env as NonNullable<ServiceDefinition['environmentFrom']> } : {}),
    environment: typeof env === 'function' ? {} : env,
    ...(advertise === undefined ? {} : { advertise }),
    ports: [],
    dependsOn: needs.map((service) => ({ service, condition: 'service_healthy', required: true })),
    mounts: volumes.map((volume) => bindMount(name, volume, file)),
    secrets: [],
    configs: [],
    networks: [{ network: 'default', aliases: [] }],
    aliases: [],
    labels: {},
    replicas: 1,
    container: {},
    position: { file },
    ...(embedded === undefined
      ? {}
      : {
          embedded: {
            command: typeof embedded.command === 'string' ? embedded.command.trim().split(/\s+/) : embedded.command,
            cwd: resolve(directory, embedded.cwd ?? '.'),
          },
        }),
  };
}

function buildOf(
  build: NonNullable<CommonOptions['build']>,
  directory: string,
): NonNullable<ServiceDefinition['build']> {
  if (typeof build === 'string') return { context: resolve(directory, build), args: {} };
  const { context, args = {}, ...rest } = build;
  return { ...rest, context: resolve(directory, context), args };
}

function tcp(target: number): PortDefinition {
  return { target, protocol: 'tcp' };
}

/** `HOST:CONTAINER[:ro]`. */
function bindMount(service: string, volume: string, file: string): BindMount {
  const [, source, target, mode] = /^(.+?):(\/[^:]*)(?::(ro|rw))?$/.exec(volume) ?? [];
  if (source === undefined || target === undefined) {
    throw new PortsideError(
      'CONFIG_INVALID',
      `Cannot use services.${service}.volumes: each must be HOST:CONTAINER or HOST:CONTAINER:ro. Current value is '${volume}'.`,
      {
        hint: 'CONTAINER is an absolute path; HOST starts from the configuration file.',
        service,
        position: { file },
      },
    );
  }
  return {
    type: 'bind',
    source: resolve(dirname(file), source),
    target,
    readOnly: mode === 'ro',
    createHostPath: true,
  };
}
