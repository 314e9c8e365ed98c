import { stat } from 'node:fs/promises';
import type { Endpoint } from '../../model/index.js';
import { endpointsOfEntry, readEntries } from '../services-file.js';
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

/** Finds services in a file such as `readServicesFile` reads. A file that was changed is read again. */
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
    return endpointsOfEntry(name, entry, this.#options.now());
  }

  async #services(): Promise<Readonly<Record<string, unknown>>> {
    const { path } = this.#options;
    const { mtimeMs, size, ino } = await stat(path);
    const stamp = `${mtimeMs} ${size} ${ino}`;
    if (this.#read?.stamp === stamp) return this.#read.services;
    this.#read = { stamp, services: await readEntries(path) };
    return this.#read.services;
  }
}
