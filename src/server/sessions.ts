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
  /** False: it holds leases and follows changes, and another session holds the environment up. Default true. */
  readonly hold?: boolean;
}

/** What is told of sessions. */
export interface SessionsOptions {
  /** Called each time the last session that holds the environment has closed. */
  readonly onEmpty: () => void;
  /** Called for every session that has closed. */
  readonly onClose: (id: string) => void;
  readonly now: () => number;
}

/** The sessions of one environment: those that hold it open, and those that only follow it (D2). */
export class Sessions {
  readonly #holding = new Map<string, SessionDocument>();
  readonly #following = new Map<string, SessionDocument>();
  readonly #options: SessionsOptions;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** How many hold the environment open. */
  get size(): number {
    return this.#holding.size;
  }

  /** Gives the sessions that hold the environment open. */
  list(): readonly SessionDocument[] {
    return [...this.#holding.values()];
  }

  /** Finds an open session of either sort. */
  get(id: string): SessionDocument | undefined {
    return this.#holding.get(id) ?? this.#following.get(id);
  }

  /** Opens a session and gives its id. */
  open({ client, pid, detached, hold = true }: SessionRequest): string {
    const id = randomUUID();
    const sessions = hold ? this.#holding : this.#following;
    sessions.set(id, { id, client, pid, detached, since: this.#options.now() });
    return id;
  }

  /** Closes the session; closing it again does nothing. */
  close(id: string): void {
    const held = this.#holding.delete(id);
    if (!held && !this.#following.delete(id)) return;
    this.#options.onClose(id);
    if (held && this.#holding.size === 0) this.#options.onEmpty();
  }
}
