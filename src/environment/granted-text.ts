import { readFileSync } from 'node:fs';
import type { EnvironmentDefinition, ServiceDefinition } from '../model/index.js';

/**
 * Gives the text of a file that a service sees at a path of its container: a secret, a config, or a file mounted from the
 * host. `undefined` when nothing of this is there, or it cannot be read: the service itself will say so.
 */
export function grantedText(
  service: ServiceDefinition,
  definition: EnvironmentDefinition,
  path: string,
): string | undefined {
  for (const type of ['secrets', 'configs'] as const) {
    const grant = service[type].find(({ target }) => target === path);
    const content = grant === undefined ? undefined : definition[type][grant.source];
    if (content?.type === 'content') return content.content;
    if (content?.type === 'file') return read(content.path);
  }
  const mount = service.mounts.find(({ type, target }) => type === 'bind' && target === path);
  return mount?.type === 'bind' ? read(mount.source) : undefined;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
