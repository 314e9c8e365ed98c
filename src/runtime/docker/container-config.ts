import type Docker from 'dockerode';
import type { PlannedPort, PlannedService } from '../../model/index.js';
import type { Engine } from './engine.js';
import { healthcheckOf } from './healthcheck.js';
import { type HostConfig, hostConfigOf } from './host-config.js';
import type { ImageFacts } from './image-facts.js';
import { type EngineMounts, engineMounts } from './mounts.js';
import { attachmentsOf } from './network-use.js';
import { portBindings, portKey } from './ports.js';

/** Everything that decides how a container is created. */
export interface ContainerRecipe {
  readonly service: PlannedService;
  readonly name: string;
  readonly image: ImageFacts;
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** Variables of proxies, which those of the service override. */
  readonly proxies: Readonly<Record<string, string>>;
  readonly ports: readonly PlannedPort[];
  /** Preferred host ports that turned out to be taken. */
  readonly takenPorts: ReadonlySet<number>;
  readonly volumeName: (key: string) => string;
  /** Name of the first network, `host`, `none`, `bridge` or `container:ID`. */
  readonly networkMode: string;
  readonly endpoints: Readonly<Record<string, Docker.EndpointSettings>>;
  /** The id of the container that `service:NAME` or `container:NAME` means. */
  readonly containerOf: (reference: string) => string;
  /** Bind mounts made by portside itself: host path to path inside. */
  readonly extraBinds: readonly string[];
}

/** Translates a service to the engine's request that creates its container. */
export function containerConfig(recipe: ContainerRecipe, engine: Engine): Docker.ContainerCreateOptions {
  const { service, image } = recipe;
  const { definition } = service;
  const { container } = definition;
  const sharesNetwork = /^(host$|none$|container:)/.test(recipe.networkMode);
  const labels = ownLabels(recipe.labels);
  const environment = { ...recipe.proxies, ...definition.environment, ...recipe.environment };
  return {
    name: recipe.name,
    platform: container.platform,
    Image: image.reference,
    ...program(recipe),
    Env: Object.entries(environment).map(([key, value]) => `${key}=${value}`),
    Labels: { ...definition.labels, ...recipe.labels },
    // A container that joins another one's network has that one's name.
    Hostname: recipe.networkMode.startsWith('container:') ? undefined : container.hostname,
    Domainname: container.domainname,
    User: container.user,
    WorkingDir: container.workingDir,
    Tty: container.tty,
    OpenStdin: container.stdinOpen,
    StopSignal: definition.stopSignal,
    StopTimeout:
      definition.stopGracePeriodMs === undefined ? undefined : Math.ceil(definition.stopGracePeriodMs / 1000),
    Healthcheck: healthcheckOf(service, engine.speaks('1.44')),
    MacAddress: engine.speaks('1.44') ? undefined : macAddressOf(service),
    ExposedPorts: sharesNetwork ? undefined : Object.fromEntries(recipe.ports.map((port) => [portKey(port), {}])),
    HostConfig: {
      ...hostConfigOf(container, service.name),
      ...mounts(recipe, labels),
      NetworkMode: recipe.networkMode,
      PidMode: shared(container.pid, recipe),
      IpcMode: shared(container.ipc, recipe),
      VolumesFrom: container.volumesFrom?.map((entry) => volumesFrom(entry, recipe)),
      PortBindings: sharesNetwork ? undefined : portBindings(recipe.ports, engine.bindAddress, recipe.takenPorts),
    } satisfies HostConfig,
    NetworkingConfig: { EndpointsConfig: { ...recipe.endpoints } },
  };
}

/**
 * Entry point and command with Compose's meaning of "set and empty": an empty entry point drops the image's command too,
 * an empty command only the image's command. The engine itself takes empty for absent.
 */
function program({ service, image }: ContainerRecipe): Pick<Docker.ContainerCreateOptions, 'Cmd' | 'Entrypoint'> {
  const { command, entrypoint } = service.definition;
  if (entrypoint !== undefined) {
    return { Entrypoint: entrypoint.length === 0 ? [''] : [...entrypoint], Cmd: command && [...command] };
  }
  if (command?.length === 0 && image.entrypoint.length > 0) return { Entrypoint: [...image.entrypoint], Cmd: [] };
  return { Cmd: command && [...command] };
}

/** The hardware address of a container that an engine before API 1.44 joins to its main network; replicas get any. */
function macAddressOf(service: PlannedService): string | undefined {
  const { container, replicas } = service.definition;
  return replicas > 1 ? undefined : (container.macAddress ?? attachmentsOf(service)[0]?.macAddress);
}

function mounts(recipe: ContainerRecipe, labels: Readonly<Record<string, string>>): EngineMounts {
  const translated = engineMounts(recipe.service.definition.mounts, recipe.volumeName, labels);
  return { ...translated, Binds: [...translated.Binds, ...recipe.extraBinds] };
}

function shared(mode: string | undefined, { containerOf }: ContainerRecipe): string | undefined {
  return mode !== undefined && /^(service|container):/.test(mode) ? `container:${containerOf(mode)}` : mode;
}

function volumesFrom(entry: string, { containerOf }: ContainerRecipe): string {
  const [, reference = entry, mode = ''] = /^((?:container:)?[^:]+)(:r[ow])?$/.exec(entry) ?? [];
  return `${containerOf(reference.startsWith('container:') ? reference : `service:${reference}`)}${mode}`;
}

function ownLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key.startsWith('dev.portside.')));
}
