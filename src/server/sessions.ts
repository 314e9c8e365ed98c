import { randomUUID } from 'node:crypto';
import type { SessionDocument } from '../model/index.js';

/** What a client says of itself when it opens a session. */
export interface SessionRequest {
  readonly client: string;
  readonly pid: number | null;
  readonly detached: boolean;
  /** How long this client wants the environment to stay up after the last session, in milliseconds. */
  readonly keepWarmMs: number;
  /** State of the files that the environment is made from, as this client sees them; absent when it does not care. */
  readonly fingerprint?: string;
}

/** The sessions that hold one environment open (D2). */
export class Sessions {
  readonly #open = new Map<string, SessionDocument>();
  readonly #onEmpty: () => void;
  readonly #now: () => number;

  /** `onEmpty` is called each time the last session has closed. */
  constructor({ onEmpty, now }: { readonly onEmpty: () => void; readonly now: () => number }) {
    this.#onEmpty = onEmpty;
    this.#now = now;
  }

  get size(): number {
    return this.#open.size;
  }

  list(): readonly SessionDocument[] {
    return [...this.#open.values()];
  }

  /** Opens a session and gives its id. */
  open({ client, pid, detached }: SessionRequest): string {
    const id = randomUUID();
    this.#open.set(id, { id, client, pid, detached, since: this.#now() });
    return id;
  }

  /** Closes the session; closing it again does nothing. */
  close(id: string): void {
    if (this.#open.delete(id) && this.#open.size === 0) this.#onEmpty();
  }
}
