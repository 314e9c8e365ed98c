import { timerMs } from '../model/index.js';
import type { Closing } from './closing.js';

/** Called when there is nothing more to wait for: with the reason when it was closed, without one when the time is over. */
export type OnDeadline = (closed: Error | undefined) => void;

/** The end of what began at one moment and may take the same time. */
export class Deadline {
  readonly #ms: number;
  readonly #waiting = new Set<OnDeadline>();
  readonly #timer: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  #controller: AbortController | undefined;
  #reason: Error | undefined;
  #over = false;

  constructor(ms: number, closing: Closing) {
    this.#ms = ms;
    this.#timer = setTimeout(() => this.#end(undefined), Math.max(0, timerMs(ms)));
    this.#unsubscribe = closing.onClosed((reason) => this.#end(reason));
  }

  /** Whether nobody can join any more. */
  get over(): boolean {
    return this.#over;
  }

  /** Aborts at the end, for those who still work then. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  join(onEnd: OnDeadline): void {
    this.#waiting.add(onEnd);
  }

  /** Says that somebody no longer waits; after the last one nothing is left of the deadline. May be called twice. */
  leave(onEnd: OnDeadline): void {
    this.#waiting.delete(onEnd);
    if (this.#waiting.size === 0) this.#stop();
  }

  #end(closed: Error | undefined): void {
    this.#stop();
    this.#reason = closed ?? new Error(`no answer in ${this.#ms} ms`);
    this.#controller?.abort(this.#reason);
    for (const onEnd of this.#waiting) onEnd(closed);
    this.#waiting.clear();
  }

  #stop(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#unsubscribe();
  }
}

/**
 * Ends what takes too long, and everything when it is closed. Those who begin at the same moment and may take the same time share one
 * timer and one signal, which cost more to make than a look-up does.
 */
export class Deadlines {
  readonly #closing: Closing;
  readonly #moment = new Map<number, Deadline>();

  constructor(closing: Closing) {
    this.#closing = closing;
  }

  /** Calls `onEnd` in so many milliseconds, or when it is closed, unless that has been left before. */
  join(ms: number, onEnd: OnDeadline): Deadline {
    let deadline = this.#moment.get(ms);
    if (deadline === undefined || deadline.over) {
      if (this.#moment.size === 0) setImmediate(() => this.#moment.clear());
      deadline = new Deadline(ms, this.#closing);
      this.#moment.set(ms, deadline);
    }
    deadline.join(onEnd);
    return deadline;
  }
}
