import type { Endpoint } from '../model/index.js';

/** Names of the strategies that portside has, in the default order; `file` comes last where there is a file. */
export type StrategyName = 'default' | 'registry' | 'broadcast' | 'dns' | 'file';

/** One way to find a service. */
export interface DiscoveryStrategy {
  readonly name: string;
  /** How long one try may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Says what is asked for this service, and whom, in a few words. */
  describe(name: string): string;
  /**
   * Gives every instance of the service, none when there is none. Throws when that cannot be told: then others, or what was
   * known before, may still help. Ends when the signal aborts.
   */
  find(name: string, signal: AbortSignal): Promise<readonly Endpoint[]>;
  /**
   * Calls the listener whenever `find` may give something else for a name, `undefined` for all names; the function given back ends
   * that. Strategies that are not told of changes lack it.
   */
  onChange?(listener: (name: string | undefined) => void): () => void;
  /** Gives up connections and timers. */
  close?(): Promise<void>;
}

/** How one strategy fared: what it tried, how long that took, and why it found nothing. */
export interface DiscoveryAttempt {
  readonly strategy: string;
  readonly tried: string;
  readonly elapsedMs: number;
  readonly reason: string;
  /** False when the strategy could not tell whether there is such a service. */
  readonly answered: boolean;
}
