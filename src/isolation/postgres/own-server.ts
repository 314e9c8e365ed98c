import { setTimeout as sleep } from 'node:timers/promises';
import type { StartedCopy } from '../isolator.js';
import { withoutSessions } from './end-sessions.js';
import { copyStrategy, readFacts, type ServerFacts } from './facts.js';
import { releaseHolds } from './release-holds.js';
import type { PostgresServer } from './server.js';
import type { Session } from './session.js';
import { SessionPool } from './session-pool.js';
import { applySettings, type LoginSetting, settingValue } from './settings.js';
import { identifier, literal, textOf } from './sql.js';

/** Begins the names of the databases in a leased server that are not the suite's. */
export const keptPrefix = 'portside_kept_';

/** What else there was on the server when it was handed out, by name. */
interface Inventory {
  readonly databases: readonly string[];
  readonly roles: readonly string[];
  /** What `ALTER SYSTEM` was told, as statements. */
  readonly settings: readonly string[];
}

/** A whole server that one lease has to itself, with the service's own database in it. */
export class OwnServer {
  readonly copy: StartedCopy;
  readonly server: PostgresServer;
  readonly #settings: readonly LoginSetting[];
  #inventory: Inventory = { databases: [], roles: [], settings: [] };

  constructor(copy: StartedCopy, server: PostgresServer, settings: readonly LoginSetting[]) {
    this.copy = copy;
    this.server = server;
    this.#settings = settings;
  }

  /** Keeps the present state of the service's own database under a name. */
  async keep(attempt: string, name: string): Promise<void> {
    const { database } = this.server.endpoint();
    await this.#elsewhere(attempt, async (session, facts, watch) => {
      const here = `datname = ${literal(database)}`;
      await releaseHolds(this.server, session, attempt, here);
      const kept = identifier(`${keptPrefix}${name}`);
      const copy = `CREATE DATABASE ${kept} TEMPLATE ${identifier(database)} ALLOW_CONNECTIONS false${copyStrategy(facts)}`;
      await withoutSessions(watch, attempt, here, () => session.run(attempt, copy));
    });
  }

  /** Drops a kept state. */
  async forget(attempt: string, name: string): Promise<void> {
    await this.server.control.use((session) =>
      session.run(attempt, `DROP DATABASE ${identifier(`${keptPrefix}${name}`)}`),
    );
  }

  /** Puts a copy of another database in the place of the service's own, if that is still there; its sessions are ended. */
  async bringBack(attempt: string, source: string): Promise<void> {
    const { database, user } = this.server.endpoint();
    const names = { own: database, next: `${keptPrefix}next`, old: `${keptPrefix}old` };
    const [own, next, old] = [names.own, names.next, names.old].map(identifier);
    await this.#elsewhere(attempt, async (session, facts, watch) => {
      // An interrupted call may have left them.
      for (const left of [names.next, names.old]) await drop(session, attempt, left);
      await session.run(attempt, `CREATE DATABASE ${next} TEMPLATE ${identifier(source)}${copyStrategy(facts)}`);
      const here = `datname IN (${literal(names.own)}, ${literal(names.next)})`;
      await releaseHolds(this.server, session, attempt, here);
      const swap = [
        // The suite may have dropped it.
        ...((await exists(session, attempt, names.own)) ? [`ALTER DATABASE ${own} RENAME TO ${old}`] : []),
        `ALTER DATABASE ${next} RENAME TO ${own}`,
        `ALTER ROLE ${identifier(user)} RESET ALL`,
        ...applySettings(this.#settings, database, user),
      ].join('; ');
      await withoutSessions(watch, attempt, here, () => session.run(attempt, swap));
      await drop(session, attempt, names.old);
    });
  }

  /** Notes what databases, roles and settings there are: `clear` removes all others. */
  async takeInventory(attempt: string): Promise<void> {
    await this.#elsewhere(attempt, async (session) => {
      this.#inventory = await inventoryOf(session, attempt);
    });
  }

  /** Removes the databases and roles that the suite has made, and the settings that it has made for the server. */
  async clear(attempt: string): Promise<void> {
    const known = this.#inventory;
    await this.#elsewhere(attempt, async (session, _, watch, database) => {
      const found = await inventoryOf(session, attempt);
      if (found.settings.join() !== known.settings.join()) await this.#restoreSettings(attempt, session, database);
      for (const other of found.databases.filter((name) => !known.databases.includes(name))) {
        const here = `datname = ${literal(other)}`;
        await releaseHolds(this.server, session, attempt, here);
        await withoutSessions(watch, attempt, here, () => drop(session, attempt, other));
      }
      for (const role of found.roles.filter((name) => !known.roles.includes(name))) {
        await session.run(attempt, `DROP OWNED BY ${identifier(role)} CASCADE`);
        // A snapshot may hold something that was granted to it; then it stays.
        await session.query(attempt, `DROP ROLE ${identifier(role)}`);
      }
    });
  }

  /** Returns when new sessions have the settings. */
  async #restoreSettings(attempt: string, session: Session, database: string): Promise<void> {
    const loaded = async (from: Session) => (await from.run(attempt, 'SELECT pg_conf_load_time()'))[0]?.[0];
    const before = await loaded(session);
    for (const sql of ['ALTER SYSTEM RESET ALL', ...this.#inventory.settings]) await session.run(attempt, sql);
    await session.run(attempt, 'SELECT pg_reload_conf()');
    // A server whose files the suite has made unreadable keeps what it has.
    for (let waited = 0; waited < 5000; waited += 10) {
      if ((await this.server.within(attempt, { database }, loaded)) !== before) return;
      await sleep(10);
    }
  }

  /** Works outside the service's own database, so that this one can be copied and replaced. */
  async #elsewhere(
    attempt: string,
    body: (session: Session, facts: ServerFacts, watch: SessionPool, database: string) => Promise<void>,
  ): Promise<void> {
    const { server } = this;
    const database = server.endpoint().database === 'postgres' ? 'template1' : 'postgres';
    const watch = new SessionPool(1, () => server.open(attempt, { database }));
    try {
      await server.within(attempt, { database }, async (session) => {
        await body(session, await readFacts(session, server.service, attempt), watch, database);
      });
    } finally {
      watch.close();
    }
  }
}

async function exists(session: Session, attempt: string, database: string): Promise<boolean> {
  const found = await session.run(attempt, `SELECT FROM pg_database WHERE datname = ${literal(database)}`);
  return found.length > 0;
}

/** Drops a database if it is there, also one that was made a template. */
async function drop(session: Session, attempt: string, database: string): Promise<void> {
  if (!(await exists(session, attempt, database))) return;
  await session.run(attempt, `ALTER DATABASE ${identifier(database)} IS_TEMPLATE false`);
  await session.run(attempt, `DROP DATABASE ${identifier(database)}`);
}

async function inventoryOf(session: Session, attempt: string): Promise<Inventory> {
  const names = async (sql: string) => (await session.run(attempt, sql)).map(([name]) => textOf(name));
  const told =
    "SELECT name, setting FROM pg_file_settings WHERE sourcefile LIKE '%postgresql.auto.conf' ORDER BY seqno";
  return {
    databases: await names(`SELECT datname FROM pg_database WHERE datname NOT LIKE ${literal(`${keptPrefix}%`)}`),
    roles: await names('SELECT rolname FROM pg_roles'),
    settings: (await session.run(attempt, told)).map(
      ([name, value]) => `ALTER SYSTEM SET ${identifier(name)} TO ${settingValue(textOf(name), textOf(value))}`,
    ),
  };
}
