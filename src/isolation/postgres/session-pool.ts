import type { Session } from './session.js';

/** Keeps a few sessions open, and opens others in the place of those that have ended. */
export class SessionPool {
  readonly #limit: number;
  readonly #open: () => Promise<Session>;
  readonly #idle: Session[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #closed = false;

  /** `limit`: how many may be used at a time; who comes later waits for a turn. */
  constructor(limit: number, open: () => Promise<Session>) {
    this.#limit = limit;
    this.#open = open;
  }

  /**
   * Lends a session to the body; afterwards it is kept, unless the body has failed. The body is run again with another one when
   * the session had ended while nobody used it: the server may have been restarted.
   */
  async use<Value>(body: (session: Session) => Promise<Value>): Promise<Value> {
    if (this.#busy >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy += 1;
    try {
      for (;;) {
        const kept = this.#idle.pop();
        const session = kept ?? (await this.#open());
        session.lend();
        try {
          const value = await body(session);
          if (this.#closed) session.close();
          else this.#idle.push(session);
          return value;
        } catch (error) {
          session.close();
          if (kept === undefined || !session.wasDead) throw error;
        }
      }
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy -= 1;
      else next();
    }
  }

  close(): void {
    this.#closed = true;
    for (const session of this.#idle.splice(0)) session.close();
  }
}
