import { readFile, stat } from 'node:fs/promises';
import { type Endpoint, PortsideError } from '../../model/index.js';
import { endpointOf, readRegistration } from '../../registry/index.js';
import { endpointFromText } from '../endpoint-from-text.js';
import type { DiscoveryStrategy } from '../strategy.js';

/** What the file strategy is made with. */
export interface FileStrategyOptions {
  /** A YAML or JSON file. */
  readonly path: string;
  /** How long reading may take, in milliseconds. Default 1000. */
  readonly timeoutMs?: number;
  /** Gives the time in milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Finds services in a file: `services:` with one entry a name, each an address such as `redis://127.0.0.1:6379` or `127.0.0.1:80`, an
 * object as it is registered, or a list of these. The registry file, whose entries have an `address`, is read too. A file that was
 * changed is read again.
 */
export class FileStrategy implements DiscoveryStrategy {
  readonly name = 'file';
  readonly timeoutMs: number;
  readonly #options: FileStrategyOptions;
  #read: { readonly stamp: string; readonly services: Readonly<Record<string, unknown>> } | undefined;

  constructor(options: FileStrategyOptions) {
    this.#options = options;
    this.timeoutMs = options.timeoutMs ?? 1000;
  }

  describe(): string {
    return this.#options.path;
  }

  async find(name: string): Promise<readonly Endpoint[]> {
    const services = await this.#services();
    const entry = Object.hasOwn(services, name) ? services[name] : undefined;
    if (entry === undefined) return [];
    return (Array.isArray(entry) ? entry : [entry]).map((one, index) => this.#endpoint(name, one, index));
  }

  async #services(): Promise<Readonly<Record<string, unknown>>> {
    const { path } = this.#options;
    const { mtimeMs, size, ino } = await stat(path);
    const stamp = `${mtimeMs} ${size} ${ino}`;
    if (this.#read?.stamp === stamp) return this.#read.services;
    const { parse } = await import('yaml');
    // JSON is YAML too.
    const content: unknown = parse(await readFile(path, 'utf8'));
    if (typeof content !== 'object' || content === null || Array.isArray(content))
      throw invalid(path, 'it is no object');
    const services = (content as Record<string, unknown>)['services'] ?? content;
    if (typeof services !== 'object' || services === null) throw invalid(path, "'services' is no object");
    this.#read = { stamp, services: services as Record<string, unknown> };
    return this.#read.services;
  }

  #endpoint(name: string, entry: unknown, index: number): Endpoint {
    const now = this.#options.now();
    const id = `file/${name}-${index + 1}`;
    const address = typeof entry === 'object' && entry !== null && 'address' in entry ? entry.address : entry;
    if (typeof address === 'string') return endpointFromText(id, name, address, now);
    return endpointOf(id, readRegistration({ ...(address as object), name }), { now });
  }
}

function invalid(path: string, why: string): PortsideError {
  return new PortsideError('CONFIG_INVALID', `Cannot read services from '${path}': ${why}`, {
    hint: 'See docs/discovery.md for what the file may say.',
  });
}
