/** Lets a limited number of holders go on at a time; the others wait in the order in which they came. */
export class Turns {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(limit: number) {
    this.#free = limit;
  }

  /** How many wait for their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whether a turn is to be had at once. */
  get isFree(): boolean {
    return this.#free > 0;
  }

  /** Takes a turn that is to be had at once, and gives the function that ends it. */
  takeNow(): (() => void) | undefined {
    if (this.#free <= 0) return undefined;
    this.#free--;
    return this.#ending();
  }

  /** Waits for a turn and gives the function that ends it; calling that again does nothing. Rejects with the signal's reason. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const now = this.takeNow();
    if (now !== undefined) return now;
    await this.#wait(signal);
    return this.#ending();
  }

  #ending(): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#next();
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.delete(go);
        reject(signal.reason);
      };
      this.#waiting.add(go);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  #next(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free++;
    else {
      this.#waiting.delete(next);
      next();
    }
  }
}
