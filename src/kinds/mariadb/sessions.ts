import type { KindAddress } from '../../model/index.js';
import { openSession, type Session } from './session.js';

/** Making routines leaves a session in whatever mode they were made in; by default a lock is waited for a day long. */
const plainMode = "SET SESSION sql_mode = '', lock_wait_timeout = 30";

/** Keeps a few sessions open, and opens others in the place of those that have ended. */
export class Sessions {
  readonly #address: () => KindAddress;
  readonly #limit: number;
  readonly #idle: Session[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #life = new AbortController();
  #busy = 0;

  /** `limit`: how many are open at a time; who comes later waits for a turn. */
  constructor(limit: number, address: () => KindAddress) {
    this.#limit = limit;
    this.#address = address;
  }

  /** Lends a session to the body; afterwards it is kept, unless the body has failed. */
  async use<Value>(body: (session: Session) => Promise<Value>): Promise<Value> {
    if (this.#busy >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy += 1;
    try {
      const session = (await this.#kept()) ?? (await this.#open());
      try {
        const value = await body(session);
        this.#idle.push(session);
        return value;
      } catch (error) {
        session.close();
        throw error;
      }
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy -= 1;
      else next();
    }
  }

  close(): void {
    this.#life.abort(new Error('the environment is stopping'));
  }

  async #open(): Promise<Session> {
    const session = await openSession(this.#address(), this.#life.signal);
    await session.run(plainMode);
    return session;
  }

  /** The server may have been restarted since a session was used last. */
  async #kept(): Promise<Session | undefined> {
    for (let session = this.#idle.pop(); session !== undefined; session = this.#idle.pop()) {
      const answers = await session.run(plainMode).then(
        () => true,
        () => false,
      );
      if (answers) return session;
      session.close();
    }
    return undefined;
  }
}
