import { type Endpoint, noTelemetry, type Telemetry } from '../model/index.js';
import type { Closing } from './closing.js';
import type { Deadlines, OnDeadline } from './deadlines.js';
import type { DiscoveryAttempt, DiscoveryStrategy } from './strategy.js';

/** What came of asking every strategy in turn. */
export interface SearchResult {
  /** The instances that may be used; empty when none was found. */
  readonly endpoints: readonly Endpoint[];
  /** The strategy that found them. */
  readonly strategy?: string;
  /** The strategies that found nothing before. */
  readonly attempts: readonly DiscoveryAttempt[];
}

/** How far a search is, for whoever gives up on it. */
export interface SearchProgress {
  readonly attempts: DiscoveryAttempt[];
  current?: { readonly strategy: DiscoveryStrategy; readonly startedAt: number };
  /** Whether something changed meanwhile, so that what is found may be out of date already. */
  doubtful?: boolean;
}

/** What a search is made with. */
export interface SearchOptions {
  readonly strategies: readonly DiscoveryStrategy[];
  /** Tells whether an instance is known not to answer: it is given only when there is no other. */
  readonly isFailing: (endpoint: Endpoint) => boolean;
  readonly closing: Closing;
  readonly deadlines: Deadlines;
  readonly progress: SearchProgress;
  readonly telemetry?: Telemetry;
}

/** Asks each strategy in turn, each for its time at most, until one knows a healthy instance. Never rejects. */
export async function search(name: string, options: SearchOptions): Promise<SearchResult> {
  const { strategies, isFailing, closing, deadlines, progress, telemetry = noTelemetry } = options;
  const { attempts } = progress;
  let lastResort: { endpoints: readonly Endpoint[]; strategy: string } | undefined;
  for (const strategy of strategies) {
    if (closing.reason !== undefined) break;
    const startedAt = performance.now();
    progress.current = { strategy, startedAt };
    const found = await ask(strategy, name, deadlines);
    const elapsedMs = performance.now() - startedAt;
    const healthy = 'error' in found ? [] : found.endpoints.filter(({ status }) => status === 'healthy');
    delete progress.current;
    const usable = healthy.filter((endpoint) => !isFailing(endpoint));
    count(telemetry, strategy.name, usable.length > 0, elapsedMs);
    if (usable.length > 0) return { endpoints: usable, strategy: strategy.name, attempts };
    if (healthy.length > 0) lastResort ??= { endpoints: healthy, strategy: strategy.name };
    const reason =
      'error' in found
        ? reasonOf(found.error)
        : healthy.length > 0
          ? `${healthy.length} known, none answers`
          : found.endpoints.length > 0
            ? `${found.endpoints.length} known, none healthy`
            : 'no such service';
    const tried = strategy.describe(name);
    attempts.push({ strategy: strategy.name, tried, elapsedMs, reason, answered: !('error' in found) });
  }
  return lastResort === undefined ? { endpoints: [], attempts } : { ...lastResort, attempts };
}

/** Gives what a search has tried so far, the strategy included that it waits for. */
export function triedSoFar(name: string, { attempts, current }: SearchProgress): readonly DiscoveryAttempt[] {
  if (current === undefined) return attempts;
  const { strategy, startedAt } = current;
  const elapsedMs = performance.now() - startedAt;
  return [
    ...attempts,
    { strategy: strategy.name, tried: strategy.describe(name), elapsedMs, reason: 'no answer yet', answered: false },
  ];
}

type Found = { readonly endpoints: readonly Endpoint[] } | { readonly error: unknown };

/** Asks one strategy, for its own time at most. Never rejects. */
function ask(strategy: DiscoveryStrategy, name: string, deadlines: Deadlines): Promise<Found> {
  return new Promise((resolve) => {
    const onEnd: OnDeadline = (closed) =>
      resolve({ error: closed ?? new Error(`no answer in ${strategy.timeoutMs} ms`) });
    const deadline = deadlines.join(strategy.timeoutMs, onEnd);
    const settle = (found: Found): void => {
      deadline.leave(onEnd);
      resolve(found);
    };
    const failed = (error: unknown): void => settle({ error });
    try {
      strategy.find(name, deadline.signal).then((endpoints) => settle({ endpoints }), failed);
    } catch (error) {
      failed(error);
    }
  });
}

function count({ metrics }: Telemetry, strategy: string, found: boolean, elapsedMs: number): void {
  metrics.counter('discovery_requests_total', { strategy, result: found ? 'success' : 'failure' }).add();
  metrics.histogram('discovery_request_duration_seconds', { strategy }).observe(elapsedMs / 1000);
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\.$/, '');
}
