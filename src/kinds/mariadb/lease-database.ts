import { type Credentials, type KindSlice, PortsideError } from '../../model/index.js';
import { type Blueprint, readBlueprint } from './blueprint.js';
import { copyStatements } from './copy.js';
import { shutOut } from './end-sessions.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';
import { identifier, literal } from './sql.js';

/** What a lease's database is made with. */
export interface LeaseDatabaseOptions {
  /** Of the database and of its user. */
  readonly name: string;
  readonly password: string;
  readonly template: Blueprint;
  readonly sessions: Sessions;
}

/** One leased database, with the states of it that were kept. */
export class LeaseDatabase implements KindSlice {
  readonly name: string;
  readonly credentials: Credentials;
  readonly #options: LeaseDatabaseOptions;
  readonly #kept = new Map<string, Blueprint>();
  #snapshots = 0;

  constructor(options: LeaseDatabaseOptions) {
    const { name, password } = options;
    this.#options = options;
    this.name = name;
    this.credentials = { user: name, password, database: name };
  }

  /** Makes the database as the template is. */
  async fill(): Promise<void> {
    await this.#options.sessions.use((session) => this.#fill(session, this.#options.template));
  }

  async reset(): Promise<void> {
    await this.#become(this.#options.template);
  }

  async snapshot(as: string): Promise<void> {
    const { name, sessions } = this.#options;
    const database = `${name}_${++this.#snapshots}`;
    const before = this.#kept.get(as);
    await sessions.use(async (session) => {
      const blueprint = await readBlueprint(session, name);
      try {
        await session.run(copyStatements(blueprint, database));
      } catch (error) {
        await session.run(`DROP DATABASE IF EXISTS ${identifier(database)}`);
        throw error;
      }
      this.#kept.set(as, { ...blueprint, source: database });
      if (before !== undefined) await session.run(`DROP DATABASE ${identifier(before.source)}`);
    });
  }

  async restore(as: string): Promise<void> {
    const blueprint = this.#kept.get(as);
    if (blueprint === undefined) {
      throw new PortsideError('LEASE_UNKNOWN', `Cannot restore the lease '${this.name}': it has no snapshot '${as}'.`, {
        hint: `Its snapshots: ${[...this.#kept.keys()].join(', ') || 'none'}.`,
      });
    }
    await this.#become(blueprint);
  }

  async remove(): Promise<void> {
    const { name, sessions } = this.#options;
    await sessions.use(async (session) => {
      await shutOut(session, name);
      for (const database of [name, ...[...this.#kept.values()].map(({ source }) => source)]) {
        await session.run(`DROP DATABASE IF EXISTS ${identifier(database)}`);
      }
      await session.run(`DROP USER IF EXISTS ${literal(name)}@'%'`);
    });
  }

  /** Nobody is connected meanwhile: what a transaction has locked would be in the way. */
  async #become(blueprint: Blueprint): Promise<void> {
    const { name, password, sessions } = this.#options;
    await sessions.use(async (session) => {
      await shutOut(session, name);
      await session.run(`DROP DATABASE IF EXISTS ${identifier(name)}`);
      await this.#fill(session, blueprint);
      await session.run(`ALTER USER ${literal(name)}@'%' IDENTIFIED BY ${literal(password)} ACCOUNT UNLOCK`);
    });
  }

  async #fill(session: Session, blueprint: Blueprint): Promise<void> {
    await session.run(copyStatements(blueprint, this.name, this.name));
  }
}
