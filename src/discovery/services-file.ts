import { readFile } from 'node:fs/promises';
import { type Endpoint, PortsideError } from '../model/index.js';
import { endpointOf, readRegistration } from '../registry/index.js';
import { endpointFromText } from './endpoint-from-text.js';

/**
 * Reads every service of a YAML or JSON file: `services:` with one entry a name, each an address such as `redis://127.0.0.1:6379` or
 * `127.0.0.1:80`, an object as it is registered, or a list of these; the registry file, whose entries have an `address`, is read too.
 * `now`: milliseconds since 1970. Throws `CONFIG_INVALID`, `REGISTRY_INVALID`, or the system's error when there is no such file.
 */
export async function readServicesFile(path: string, now: number): Promise<readonly Endpoint[]> {
  const services = await readEntries(path);
  return Object.entries(services).flatMap(([name, entry]) => endpointsOfEntry(name, entry, now));
}

/** Reads the entries of such a file by the services' names, as they are written. */
export async function readEntries(path: string): Promise<Readonly<Record<string, unknown>>> {
  const { parse } = await import('yaml');
  // JSON is YAML too.
  const content: unknown = parse(await readFile(path, 'utf8'));
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw invalid(path, 'it is no object');
  const services = (content as Record<string, unknown>)['services'] ?? content;
  if (typeof services !== 'object' || services === null) throw invalid(path, "'services' is no object");
  return services as Record<string, unknown>;
}

/** Makes the instances of a service from its entry. Throws `CONFIG_INVALID`, `REGISTRY_INVALID`. */
export function endpointsOfEntry(name: string, entry: unknown, now: number): readonly Endpoint[] {
  return (Array.isArray(entry) ? entry : [entry]).map((one, index) => endpointOfEntry(name, one, index, now));
}

function endpointOfEntry(name: string, entry: unknown, index: number, now: number): Endpoint {
  const id = `file/${name}-${index + 1}`;
  const address = typeof entry === 'object' && entry !== null && 'address' in entry ? entry.address : entry;
  if (typeof address === 'string') return endpointFromText(id, name, address, now);
  return endpointOf(id, readRegistration({ ...(address as object), name }), { now });
}

function invalid(path: string, why: string): PortsideError {
  return new PortsideError('CONFIG_INVALID', `Cannot read services from '${path}': ${why}`, {
    hint: 'See docs/discovery.md for what the file may say.',
  });
}
