import { isLeaseName } from './names.js';
import { PlainRemovals } from './plain-removals.js';
import { removeLease } from './remove-lease.js';
import type { PostgresServer } from './server.js';
import { textOf } from './sql.js';

/** Removes leases' databases and roles, and keeps in mind what could not be removed yet. */
export class Removals {
  readonly #server: PostgresServer;
  readonly #plain: PlainRemovals;
  readonly #running = new Map<string, Promise<void>>();
  /** Roles that were granted something in another lease's database: they go after that. */
  readonly #granted = new Set<string>();
  /** The server refused or was not there: tried again when it is ready again. */
  readonly #failed = new Set<string>();

  constructor(server: PostgresServer) {
    this.#server = server;
    this.#plain = new PlainRemovals(server);
  }

  /** Removes one; never rejects. What cannot go now is logged and tried again later. */
  async remove(name: string): Promise<void> {
    await this.#once(name);
    await Promise.all([...this.#granted].filter((other) => other !== name).map((other) => this.#once(other)));
  }

  /** Finds what is left of leases of an earlier environment on the same data. */
  async find(): Promise<void> {
    const attempt = `find leases of service '${this.#server.service}'`;
    const sql = `SELECT left(datname, 16) FROM pg_database WHERE ${isLeaseName('datname')}
      UNION SELECT rolname FROM pg_roles WHERE ${isLeaseName('rolname')}`;
    const rows = await this.#server.control.use((session) => session.run(attempt, sql));
    for (const [name] of rows) this.#failed.add(textOf(name));
  }

  /** Tries again what was found or has failed. */
  async retry(): Promise<void> {
    await Promise.all([...this.#failed, ...this.#granted].map((name) => this.#once(name)));
  }

  #once(name: string): Promise<void> {
    const running = this.#running.get(name) ?? this.#try(name).finally(() => this.#running.delete(name));
    this.#running.set(name, running);
    return running;
  }

  async #try(name: string): Promise<void> {
    this.#granted.delete(name);
    this.#failed.delete(name);
    if (await this.#plain.remove(name)) return;
    try {
      // A suite may prepare a transaction or connect at the very moment: once more, when that has been ended too.
      const isGone = await removeLease(this.#server, name).catch(() => removeLease(this.#server, name));
      if (!isGone) this.#granted.add(name);
    } catch (error) {
      this.#failed.add(name);
      this.#server.host.log('warn', `Cannot remove ${name} yet`, { error: String(error) });
    }
  }
}
