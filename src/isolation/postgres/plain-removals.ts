import { withoutSessions } from './end-sessions.js';
import { plainAmong } from './lease-status.js';
import type { PostgresServer } from './server.js';
import type { Session } from './session.js';
import { identifier, literal } from './sql.js';

/** How many leases are removed in one turn: who waits for one of them waits for all. */
const together = 8;

/** Removes leases of which there is nothing but their role and their database, with nobody in it: several in two round trips. */
export class PlainRemovals {
  readonly #server: PostgresServer;
  readonly #waiting = new Map<string, (isGone: boolean) => void>();
  #isWorking = false;

  constructor(server: PostgresServer) {
    this.#server = server;
  }

  /** Gives false when it could not be removed so, or not wholly; never rejects. Not to be called again before it has answered. */
  remove(name: string): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting.set(name, resolve);
      if (!this.#isWorking) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, together);
      for (const [name] of batch) this.#waiting.delete(name);
      const names = batch.map(([name]) => name);
      const gone = await this.#server.removers
        .use((session) => this.#drop(session, names))
        .catch((): readonly string[] => []);
      for (const [name, tell] of batch) tell(gone.includes(name));
    }
    this.#isWorking = false;
  }

  async #drop(session: Session, names: readonly string[]): Promise<readonly string[]> {
    const attempt = `remove leases of service '${this.#server.service}'`;
    const plain = await plainAmong(session, attempt, names);
    if (plain.length === 0) return [];
    const drops = plain.map((name) => `DROP DATABASE ${identifier(name)}`);
    const dropRoles = `DROP ROLE ${plain.map(identifier).join(', ')}`;
    const list = plain.map(literal).join(', ');
    const condition = `datname IN (${list}) OR usename IN (${list})`;
    const drop = () => session.queryAll(attempt, [...drops, dropRoles]);
    const rest = { areSome: false, statements: drops.length };
    const results = await withoutSessions(this.#server.control, attempt, condition, drop, rest);
    // The roles go together, or all stay: then none of the leases is gone.
    return results.every(({ ok }) => ok) ? plain : [];
  }
}
