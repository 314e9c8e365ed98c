import type { Endpoint, ServiceEvent } from '../model/index.js';
import { sameEndpoint } from './same-endpoint.js';

/** What a watch is made with. */
export interface WatchOptions {
  /** Gives the instances of now; `undefined` when that cannot be told. */
  readonly find: () => Promise<readonly Endpoint[] | undefined>;
  /** Calls the listener when there may be something new; the function given back ends that. */
  readonly onChange: (listener: () => void) => () => void;
  /** How often it is looked again without having been told to, in milliseconds. */
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/** Gives the present instances as `registered`, then what comes, changes and goes, until the signal aborts. */
export async function* watchChanges({
  find,
  onChange,
  intervalMs,
  signal,
}: WatchOptions): AsyncGenerator<ServiceEvent, void> {
  const known = new Map<string, Endpoint>();
  let version = 0;
  let changed = false;
  let wake = (): void => {};
  const unsubscribe = onChange(() => {
    changed = true;
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      changed = false;
      const found = await find();
      if (signal.aborted) return;
      for (const { type, endpoint } of found === undefined ? [] : differences(known, found)) {
        if (type === 'deregistered') known.delete(endpoint.id);
        else known.set(endpoint.id, endpoint);
        yield { version: ++version, type, endpoint };
        if (signal.aborted) return;
      }
      if (changed) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, intervalMs).unref();
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', onAbort);
  }
}

function differences(
  known: ReadonlyMap<string, Endpoint>,
  found: readonly Endpoint[],
): readonly Pick<ServiceEvent, 'type' | 'endpoint'>[] {
  const ids = new Set(found.map(({ id }) => id));
  const gone = [...known.values()].filter(({ id }) => !ids.has(id));
  return [
    ...gone.map((endpoint) => ({ type: 'deregistered', endpoint }) as const),
    ...found.flatMap((endpoint) => {
      const before = known.get(endpoint.id);
      if (before === undefined) return { type: 'registered', endpoint } as const;
      return sameEndpoint(before, endpoint) ? [] : ({ type: 'updated', endpoint } as const);
    }),
  ];
}
