import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedService } from '../../model/index.js';

/** Up to so many processors, containers that are started together only slow each other down. */
const fewProcessors = 2;

/** How long a quick service lets slow ones go ahead that are about to start, in milliseconds. */
const headStartMs = 5;

/**
 * On a machine of one or two processors, starts servers that take long to answer once they run before those that answer at once:
 * the engine then starts the second while the first gets ready. Two starts at the same time would make both late.
 */
export class StartTurns {
  readonly #isNeeded: boolean;
  readonly #slow = new Set<Promise<void>>();

  /** `local`: the engine has the processors of this machine. `processors` defaults to theirs. */
  constructor(local: boolean, processors = availableParallelism()) {
    this.#isNeeded = local && processors <= fewProcessors;
  }

  /** Calls `start` when it is the turn of the service. Whatever that throws is thrown here, and only here. */
  async take(service: PlannedService, start: () => Promise<void>): Promise<void> {
    // Copies, and what has waited for others, go at once.
    if (!this.#isNeeded || service.copy !== undefined || service.dependsOn.length > 0) return start();
    if (!isSlow(service)) {
      await sleep(headStartMs);
      await Promise.all(this.#slow);
      return start();
    }
    const started = start();
    const settled = started.catch(() => undefined);
    this.#slow.add(settled);
    await settled.finally(() => this.#slow.delete(settled));
    return started;
  }
}

/** Databases read their files, or make them, before they answer. */
function isSlow({ definition }: PlannedService): boolean {
  return definition.kind === 'postgres' || definition.custom !== undefined;
}
