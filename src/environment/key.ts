import { createHash } from 'node:crypto';
import type { EnvironmentDefinition, RuntimeName, ServiceDefinition } from '../model/index.js';

/**
 * The environment's key (D2): 16 hexadecimal digits, a hash of the resolved definition with its folder, the runtime and
 * portside's version. Two stacks that differ in anything never meet; the settings that only say how long to wait do not count.
 */
export function environmentKey(definition: EnvironmentDefinition, runtime: RuntimeName, version: string): string {
  const { project, directory, files, services, networks, volumes, secrets, configs, settings } = definition;
  const identity = {
    version,
    runtime,
    ports: settings.ports,
    hostPorts: settings.hostPorts,
    project,
    directory,
    files,
    services: services.map(identityOf).sort((a, b) => (a.name < b.name ? -1 : 1)),
    networks,
    volumes,
    secrets,
    configs,
  };
  return createHash('sha256').update(canonical(identity)).digest('hex').slice(0, 16);
}

/** JSON with sorted keys; functions count with their source text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'function') return `function ${part.toString()}`;
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** The code of a kind that lies in a package may read differently in each process, by whatever has loaded it. */
function identityOf(service: ServiceDefinition): ServiceDefinition {
  const { custom } = service;
  return custom?.version === undefined ? service : { ...service, custom: JSON.parse(JSON.stringify(custom)) };
}
