import type { ServiceEvent } from '../model/index.js';
import type { ServiceRegistry } from './service-registry.js';

/**
 * Follows the endpoints of one name: first each one that is there, as `registered`, then every change, in order.
 * Ends when the signal aborts. Changes that come faster than they are read are kept.
 */
export async function* watchService(
  registry: ServiceRegistry,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<ServiceEvent, void, undefined> {
  const queue: ServiceEvent[] = registry
    .lookup(name)
    .map((endpoint) => ({ version: registry.version, type: 'registered', endpoint }));
  let wake = (): void => {};
  const unsubscribe = registry.subscribe((event) => {
    if (event.endpoint.name !== name) return;
    queue.push(event);
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      const event = queue.shift();
      if (event !== undefined) yield event;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', onAbort);
  }
}
