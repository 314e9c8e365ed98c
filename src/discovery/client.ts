import { setTimeout as sleep } from 'node:timers/promises';
import { type Endpoint, noTelemetry, PortsideError, type ServiceEvent, type Telemetry } from '../model/index.js';
import { type CacheOptions, EndpointCache } from './cache.js';
import { Closing } from './closing.js';
import { Deadlines, type OnDeadline } from './deadlines.js';
import { discoveryFailed } from './discovery-failed.js';
import { FailingEndpoints } from './failing-endpoints.js';
import { type SearchProgress, type SearchResult, search, triedSoFar } from './search.js';
import type { DiscoveryAttempt, DiscoveryStrategy } from './strategy.js';
import { watchChanges } from './watch-changes.js';

/** What a discovery client is made with. */
export interface DiscoveryClientOptions {
  /** The ways to find services, in the order in which they are tried. */
  readonly strategies: readonly DiscoveryStrategy[];
  /** How long a whole discovery may take, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  readonly cache?: CacheOptions;
  /** Addresses that a person has set by hand: they win over everything, for an emergency. */
  readonly overrides?: Readonly<Record<string, readonly Endpoint[]>>;
  /** How often `watch` looks again for what nobody tells of, in milliseconds. Default 5000. */
  readonly watchIntervalMs?: number;
  readonly telemetry?: Telemetry;
}

/** How one discovery is made. */
export interface FindOptions {
  /** Milliseconds for everything, retries included. Default: the client's. */
  readonly timeoutMs?: number;
  /** How often all strategies are tried again, with growing pauses from 100 ms on. Default 0. */
  readonly retries?: number;
  readonly signal?: AbortSignal;
}

const firstPauseMs = 100;

/**
 * Finds services by several strategies in turn and keeps what it found. A cached answer costs a look-up; when it has grown stale it
 * is still given, and looked for anew in the background. Strategies that are told of changes make what is cached give way at once.
 */
export class DiscoveryClient implements AsyncDisposable {
  readonly #options: DiscoveryClientOptions;
  readonly #telemetry: Telemetry;
  readonly #cache: EndpointCache;
  readonly #failing: FailingEndpoints;
  readonly #overrides: ReadonlyMap<string, readonly Endpoint[]>;
  readonly #searches = new Map<string, { readonly result: Promise<SearchResult>; readonly progress: SearchProgress }>();
  readonly #closed = new Closing();
  readonly #deadlines = new Deadlines(this.#closed);
  readonly #changes = new Set<(name: string | undefined) => void>();
  readonly #unsubscribe: readonly (() => void)[];
  #closing: Promise<void> | undefined;

  constructor(options: DiscoveryClientOptions) {
    const now = (): number => performance.now();
    this.#options = options;
    this.#telemetry = options.telemetry ?? noTelemetry;
    this.#cache = new EndpointCache(options.cache ?? {}, now);
    this.#failing = new FailingEndpoints(now);
    this.#overrides = new Map(Object.entries(options.overrides ?? {}));
    this.#unsubscribe = options.strategies.flatMap((strategy) => {
      const listener = (name: string | undefined): void => {
        this.#cache.doubt(name, strategy.name);
        for (const [searched, { progress }] of this.#searches) {
          if (name === undefined || name === searched) progress.doubtful = true;
        }
        for (const change of [...this.#changes]) change(name);
      };
      return strategy.onChange?.(listener) ?? [];
    });
  }

  /**
   * Gives a healthy instance of the service. Errors: `DISCOVERY_FAILED` and `DISCOVERY_TIMEOUT`, which list what each strategy tried,
   * how long that took and why it failed; the signal's reason; `USAGE` after `close`.
   */
  discover(name: string, options?: FindOptions): Promise<Endpoint> {
    const entry = this.#overrides.has(name) ? undefined : this.#cache.get(name);
    if (entry !== undefined && this.#cache.trust(entry) === 'fresh' && this.#closed.reason === undefined) {
      entry.hits.add();
      return entry.first;
    }
    return this.#discoverAll(name, options).then(([first]) => first);
  }

  /** Gives every healthy instance of the service, at least one. Errors: as `discover`. */
  discoverAll(name: string, options?: FindOptions): Promise<readonly Endpoint[]> {
    return this.#discoverAll(name, options);
  }

  /** Gives a healthy instance of the service if one is known in this process; asks nobody. */
  lookup(name: string): Endpoint | undefined {
    const overridden = this.#overrides.get(name);
    if (overridden !== undefined) return overridden[0];
    const entry = this.#cache.get(name);
    return entry === undefined || this.#cache.trust(entry) === 'suspect' ? undefined : entry.endpoints[0];
  }

  /** Follows the service: its present instances as `registered`, then every change, until the signal aborts or the client closes. */
  watch(name: string, { signal }: { readonly signal?: AbortSignal } = {}): AsyncIterable<ServiceEvent> {
    const end = signal === undefined ? this.#closed.signal : AbortSignal.any([signal, this.#closed.signal]);
    return watchChanges({
      find: async () => {
        const overridden = this.#overrides.get(name);
        if (isSome(overridden)) return overridden;
        const { endpoints, attempts } = await this.#search(name).result;
        // Who cannot be asked has not said that the service is gone.
        const known = endpoints.length > 0 || attempts.every(({ answered }) => answered);
        return known ? endpoints : undefined;
      },
      onChange: (listener) => {
        const change = (changed: string | undefined): void => {
          if (changed === undefined || changed === name) listener();
        };
        this.#changes.add(change);
        return () => this.#changes.delete(change);
      },
      intervalMs: this.#options.watchIntervalMs ?? 5000,
      signal: end,
    });
  }

  /** Says that an instance did not answer: for ten seconds discoveries give another one, if there is one. */
  reportFailure(endpoint: Endpoint): void {
    this.#failing.add(endpoint);
    this.#cache.doubt(endpoint.name);
  }

  /** Ends every watch and every discovery, and closes the strategies. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#closed.close(
      new PortsideError('USAGE', 'Cannot discover services: the discovery client was closed.', {
        hint: 'Make another client, or close this one later.',
      }),
    );
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await Promise.all(this.#options.strategies.map((strategy) => strategy.close?.()));
  }

  async #discoverAll(name: string, options: FindOptions = {}): Promise<readonly [Endpoint, ...Endpoint[]]> {
    if (this.#closed.reason !== undefined) throw this.#closed.reason;
    options.signal?.throwIfAborted();
    const overridden = this.#overrides.get(name);
    if (isSome(overridden)) return overridden;
    const entry = this.#cache.get(name);
    const trust = entry === undefined ? 'suspect' : this.#cache.trust(entry);
    if (entry !== undefined && trust !== 'suspect' && isSome(entry.endpoints)) {
      entry.hits.add();
      if (trust === 'stale') void this.#search(name);
      return entry.endpoints;
    }
    this.#telemetry.metrics.counter('discovery_cache_misses_total', { service_name: name }).add();
    return this.#telemetry.trace('discover', { 'service.name': name }, () => this.#find(name, options));
  }

  async #find(
    name: string,
    { timeoutMs, retries = 0, signal }: FindOptions,
  ): Promise<readonly [Endpoint, ...Endpoint[]]> {
    const wholeMs = timeoutMs ?? this.#options.timeoutMs ?? 10_000;
    const deadline = performance.now() + wholeMs;
    let last: SearchResult = { endpoints: [], attempts: [] };
    for (let round = 0; round <= retries; round++) {
      if (round > 0) {
        const pauseMs = Math.min(firstPauseMs * 2 ** (round - 1), Math.max(0, deadline - performance.now()));
        await sleep(pauseMs, undefined, { signal: this.#closed.signal, ref: true }).catch(() => undefined);
      }
      const { result: searching, progress } = this.#search(name);
      const leftMs = round === 0 ? wholeMs : deadline - performance.now();
      const result = await this.#within(searching, leftMs, signal);
      if (result === undefined) throw this.#failed(name, triedSoFar(name, progress), wholeMs);
      if (isSome(result.endpoints)) return result.endpoints;
      last = result;
      const known = this.#standIn(name, result);
      if (known !== undefined && round === retries) return known;
    }
    throw this.#failed(name, last.attempts);
  }

  /** Gives what was known before, when some strategy could not tell and none has denied it. */
  #standIn(name: string, { attempts }: SearchResult): readonly [Endpoint, ...Endpoint[]] | undefined {
    const entry = this.#cache.get(name);
    if (entry === undefined || !isSome(entry.endpoints) || !this.#cache.standsIn(entry)) return undefined;
    const source = attempts.find(({ strategy }) => strategy === entry.strategy);
    if (source === undefined || source.answered) {
      this.#cache.delete(name);
      return undefined;
    }
    this.#telemetry.log('warn', 'Discovery answered from a stale cache', { service_name: name, reason: source.reason });
    return entry.endpoints;
  }

  /** Asks the strategies; whoever looks for the same service meanwhile gets the same answer. */
  #search(name: string): { readonly result: Promise<SearchResult>; readonly progress: SearchProgress } {
    const running = this.#searches.get(name);
    if (running !== undefined) return running;
    const progress: SearchProgress = { attempts: [] };
    const result = this.#ask(name, progress).finally(() => this.#searches.delete(name));
    const searching = { result, progress };
    this.#searches.set(name, searching);
    return searching;
  }

  async #ask(name: string, progress: SearchProgress): Promise<SearchResult> {
    const result = await search(name, {
      strategies: this.#options.strategies,
      isFailing: (endpoint) => this.#failing.has(endpoint),
      closing: this.#closed,
      deadlines: this.#deadlines,
      progress,
      telemetry: this.#telemetry,
    });
    if (isSome(result.endpoints) && result.strategy !== undefined) {
      const hits = this.#telemetry.metrics.counter('discovery_cache_hits_total', { service_name: name });
      this.#cache.set(name, result.endpoints, result.strategy, hits);
      if (progress.doubtful === true) this.#cache.doubt(name);
    }
    return result;
  }

  /** Waits for a promise until the time is over, which gives `undefined`, or the client closes or the signal aborts, which throws why. */
  #within<Value>(promise: Promise<Value>, ms: number, signal: AbortSignal | undefined): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      const onEnd: OnDeadline = (closed) => settle(() => (closed === undefined ? resolve(undefined) : reject(closed)));
      const onAbort = (): void => settle(() => reject(signal?.reason));
      const deadline = this.#deadlines.join(ms, onEnd);
      const settle = (finish: () => void): void => {
        deadline.leave(onEnd);
        signal?.removeEventListener('abort', onAbort);
        finish();
      };
      signal?.addEventListener('abort', onAbort);
      promise.then(
        (value) => settle(() => resolve(value)),
        (error) => settle(() => reject(error)),
      );
      if (signal?.aborted === true) onAbort();
      else if (this.#closed.reason !== undefined) onEnd(this.#closed.reason);
    });
  }

  #failed(name: string, attempts: readonly DiscoveryAttempt[], timedOutAfter?: number): PortsideError {
    const error = discoveryFailed(name, attempts, timedOutAfter);
    this.#telemetry.log('error', 'Discovery failed after all strategies', {
      service_name: name,
      strategies_tried: attempts.map(({ strategy }) => strategy),
      error: error.message,
    });
    return error;
  }
}

function isSome(endpoints: readonly Endpoint[] | undefined): endpoints is readonly [Endpoint, ...Endpoint[]] {
  return endpoints !== undefined && endpoints.length > 0;
}
