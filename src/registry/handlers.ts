import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { addressOf, type Endpoint } from '../model/index.js';
import type { ServiceRegistry } from './service-registry.js';

/** An endpoint as `GET /api/handlers` shows it. */
export interface HandlerDocument {
  readonly handler_id: string;
  /** `tcp://127.0.0.1:54321`. */
  readonly address: string;
  readonly methods: readonly string[];
}

/** Writes an endpoint as a handler: `methods` are its metadata's, separated by commas. */
export function handlerDocument(endpoint: Endpoint): HandlerDocument {
  const methods = (endpoint.metadata['methods'] ?? '').split(',').filter((method) => method.trim() !== '');
  return {
    handler_id: endpoint.id,
    address: `tcp://${addressOf(endpoint)}`,
    methods: methods.map((method) => method.trim()),
  };
}

/**
 * Keeps a YAML file that says, of each id, its address and methods, as the registry does; the function given back ends that once
 * the newest state is written. Readers never see half a file. `onError` hears of every write that failed.
 */
export function mirrorToFile(
  registry: ServiceRegistry,
  path: string,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let stale = true;
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    const { stringify } = await import('yaml');
    await mkdir(dirname(path), { recursive: true });
    while (stale) {
      stale = false;
      const entries = registry.list().map((endpoint) => {
        const { handler_id, address, methods } = handlerDocument(endpoint);
        return [handler_id, { address, methods }];
      });
      const aside = `${path}.${randomBytes(6).toString('hex')}`;
      try {
        await writeFile(aside, stringify(Object.fromEntries(entries)));
        await rename(aside, path);
      } catch (error) {
        await rm(aside, { force: true }).catch(() => undefined);
        throw error;
      }
    }
  };
  const touch = (): void => {
    stale = true;
    writing ??= write()
      .catch(onError)
      .finally(() => {
        writing = undefined;
      });
  };
  touch();
  const unsubscribe = registry.subscribe(touch);
  return async () => {
    unsubscribe();
    await writing;
  };
}
