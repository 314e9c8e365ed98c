import { randomBytes } from 'node:crypto';
import type { IsolationHost, Isolator, Slice } from '../isolator.js';
import { createLease, type LeaseDatabaseOptions } from './lease-database.js';
import { leaseName } from './names.js';
import { Removals } from './removals.js';
import { scramVerifier } from './scram.js';
import { creators, PostgresServer } from './server.js';
import { settingsForOther } from './settings.js';
import { PostgresSlice } from './slice.js';
import { type Prepared, prepareTemplate } from './template.js';

/** What may be told to an isolator of Postgres. */
export interface PostgresIsolatorOptions {
  /**
   * Names the state that the service's own database is in when `prepare` is called for the first time, for example a hash of all that
   * went into it: a template that comes with the data of an earlier environment is used if it was made under the same name. Default:
   * such a template is never used.
   */
  readonly content?: string;
}

/**
 * Makes an isolator that gives each lease a database with a login role of its own, cloned from a template that is a copy of the
 * service's own database as it stood at `prepare`. Errors of its methods: `LEASE_FAILED`, `LEASE_UNSUPPORTED`.
 */
export function postgresIsolator(host: IsolationHost, options: PostgresIsolatorOptions = {}): Isolator {
  return new PostgresIsolator(host, options.content);
}

/** A password, and what the server keeps of it. */
interface Login {
  readonly password: string;
  readonly verifier: string;
}

function newLogin(): Login {
  const random = randomBytes(24 + 16);
  const password = random.toString('base64url', 0, 24);
  return { password, verifier: scramVerifier(password, random.subarray(24)) };
}

class PostgresIsolator implements Isolator {
  readonly isolation = 'database';
  readonly creators = creators;
  readonly #server: PostgresServer;
  readonly #content: string | undefined;
  readonly #removals: Removals;
  #preparing: Promise<void> | undefined;
  #prepared: Prepared | undefined;
  #login: Login | undefined;

  constructor(host: IsolationHost, content: string | undefined) {
    this.#server = new PostgresServer(host);
    this.#removals = new Removals(this.#server);
    this.#content = content;
  }

  prepare(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#preparing ??= this.#prepare().finally(() => {
      this.#preparing = undefined;
    });
    return this.#preparing;
  }

  async create(id: string, _needs: Readonly<Record<string, Slice>>, signal: AbortSignal): Promise<Slice> {
    if (this.#prepared === undefined || this.#preparing !== undefined) await this.prepare(signal);
    const { facts, marker } = this.#prepared as Prepared;
    const { settings, userSchema, defaultPrivileges } = marker;
    const { password, verifier } = this.#nextLogin();
    const role = { name: leaseName(id), verifier, settings: settingsForOther(settings, userSchema), ...facts };
    const options: LeaseDatabaseOptions = { server: this.#server, facts, role, defaultPrivileges };
    const slice = new PostgresSlice(id, options, password, () => this.#removals.remove(role.name));
    try {
      signal.throwIfAborted();
      await createLease(options, `lease service '${this.#server.service}'`);
      signal.throwIfAborted();
      return slice;
    } catch (error) {
      await slice.remove();
      throw error;
    }
  }

  /** Gives a password that nobody has had. The next is made when the server has its work for this one. */
  #nextLogin(): Login {
    const next = this.#login ?? newLogin();
    this.#login = undefined;
    setImmediate(() => {
      this.#login ??= newLogin();
    });
    return next;
  }

  async close(): Promise<void> {
    this.#server.close();
  }

  async #prepare(): Promise<void> {
    const prepared = await prepareTemplate(this.#server, this.#content, this.#prepared !== undefined);
    if (!prepared.isOwn) await this.#removals.find();
    this.#prepared = prepared;
    await this.#removals.retry();
  }
}
