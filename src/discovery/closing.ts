/**
 * Tells many who wait that there is nothing more to wait for. Unlike an `AbortSignal`, which looks through its listeners each time one
 * is added, it does not mind how many they are.
 */
export class Closing {
  readonly #listeners = new Set<(reason: Error) => void>();
  readonly #controller = new AbortController();
  #reason: Error | undefined;

  /** Aborts when it is closed: for the few who need a signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why it was closed; `undefined` while it is open. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** Calls the listener when it is closed; the function given back ends that. */
  onClosed(listener: (reason: Error) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of [...this.#listeners]) listener(reason);
    this.#listeners.clear();
    this.#controller.abort(reason);
  }
}
