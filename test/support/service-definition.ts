import { tmpdir } from 'node:os';
import type { ServiceDefinition } from '../../src/model/index.js';

/** A worker service; fields are replaced by those given. */
export function worker(name: string, more: Partial<ServiceDefinition> = {}): ServiceDefinition {
  const none = { ports: [], dependsOn: [], mounts: [], secrets: [], configs: [], networks: [], aliases: [] };
  return { name, kind: 'worker', environment: {}, labels: {}, replicas: 1, container: {}, ...none, ...more };
}

/** A worker that runs this command on the host where the runtime is embedded. */
export function hostWorker(
  name: string,
  command: readonly string[],
  more: Partial<ServiceDefinition> = {},
): ServiceDefinition {
  return worker(name, { embedded: { command, cwd: tmpdir() }, ...more });
}
