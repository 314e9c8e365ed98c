import { availableParallelism } from 'node:os';
import { type PlannedService, withSignals } from '../../model/index.js';

/** How long the quick ones wait at most, in milliseconds: the engine then does for the slow ones what it cannot do for two at once. */
const headStartMs = 80;

/** Up to so many processors, containers that are started together only slow each other down. */
const fewProcessors = 2;

/**
 * On a machine of one or two processors, starts servers that take long to answer once they run before those that answer at once:
 * the engine then starts the second while the first gets ready. Two starts at the same time would make both late.
 */
export class StartTurns {
  readonly #isNeeded: boolean;
  /** The slow services that are about to be started, or are being started. */
  readonly #slow = new Set<string>();
  readonly #waiters = new Set<() => void>();

  /** `local`: the engine has the processors of this machine. `processors` defaults to theirs. */
  constructor(local: boolean, processors = availableParallelism()) {
    this.#isNeeded = local && processors <= fewProcessors;
  }

  /** Notes that nothing keeps the service from being started any more. */
  expect(service: PlannedService): void {
    if (isFirst(service) && isSlow(service)) this.#slow.add(service.name);
  }

  /** Notes that the service will not be started, or has been. */
  forget({ name }: PlannedService): void {
    this.#slow.delete(name);
    if (this.#slow.size === 0) for (const wake of [...this.#waiters]) wake();
  }

  /** Calls `start` when it is the turn of the service, or when the signal aborts. Throws what that throws. */
  async take(service: PlannedService, signal: AbortSignal, start: () => Promise<void>): Promise<void> {
    if (!this.#isNeeded) return start();
    if (isFirst(service) && !isSlow(service)) {
      await withSignals([signal], async (given, giveUp) => {
        const timer = setTimeout(giveUp, headStartMs);
        await this.#allSlow(given);
        clearTimeout(timer);
      });
    }
    this.expect(service);
    try {
      await start();
    } finally {
      this.forget(service);
    }
  }

  #allSlow(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        if (this.#slow.size > 0 && !signal.aborted) return;
        this.#waiters.delete(end);
        signal.removeEventListener('abort', end);
        resolve();
      };
      this.#waiters.add(end);
      signal.addEventListener('abort', end);
      end();
    });
  }
}

/** Copies, and what has waited for others, go at once. */
function isFirst({ copy, dependsOn }: PlannedService): boolean {
  return copy === undefined && dependsOn.length === 0;
}

/** Databases read their files, or make them, before they answer. */
function isSlow({ definition }: PlannedService): boolean {
  return definition.kind === 'postgres' || definition.custom !== undefined;
}
