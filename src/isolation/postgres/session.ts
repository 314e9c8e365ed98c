import { openPostgres, type PostgresConnection, type PostgresResult } from '../../health/index.js';
import { PortsideError, type PostgresEndpoint } from '../../model/index.js';
import { passwordUnknown, refused, unreachable } from './failure.js';

/** Rows of a query, in text form. */
export type Rows = readonly (readonly (string | null)[])[];

/** One session on the server, whose failures are `LEASE_FAILED` with what was being done. */
export class Session {
  readonly #connection: PostgresConnection;
  readonly #service: string;
  #isUnused = true;
  #wasDead = false;

  constructor(connection: PostgresConnection, service: string) {
    this.#connection = connection;
    this.#service = service;
  }

  /** Runs statements and gives all their rows. `attempt` completes "Cannot ..." should they fail. */
  async run(attempt: string, sql: string): Promise<Rows> {
    const result = await this.query(attempt, sql);
    if (!result.ok) throw refused(this.#service, attempt, result.failure);
    return result.rows;
  }

  /** Runs queries as `run` does, in one round trip, and gives the rows of each. Each is run, also after one that has failed. */
  async runAll(attempt: string, list: readonly string[]): Promise<Rows[]> {
    const results = await this.queryAll(attempt, list);
    return results.map((result) => {
      if (!result.ok) throw refused(this.#service, attempt, result.failure);
      return result.rows;
    });
  }

  /** Like `runAll`, but a refusal by the server is a result. */
  queryAll(attempt: string, list: readonly string[]): Promise<readonly PostgresResult[]> {
    return this.#ask(attempt, () => this.#connection.queries(list));
  }

  /** Like `run`, but a refusal by the server is a result. */
  query(attempt: string, sql: string): Promise<PostgresResult> {
    return this.#ask(attempt, () => this.#connection.query(sql));
  }

  async #ask<Answer>(attempt: string, ask: () => Promise<Answer>): Promise<Answer> {
    const isFirst = this.#isUnused;
    this.#isUnused = false;
    try {
      return await ask();
    } catch (error) {
      this.#wasDead ||= isFirst;
      throw unreachable(this.#service, attempt, error);
    }
  }

  /** Begins to count statements anew. */
  lend(): void {
    this.#isUnused = true;
  }

  /** Whether its first statement found that the connection had ended: nothing was done. */
  get wasDead(): boolean {
    return this.#wasDead;
  }

  close(): void {
    this.#connection.close();
  }
}

/** Whose session, and in which database. */
export type Login = Pick<PostgresEndpoint, 'host' | 'port' | 'user' | 'password' | 'database'>;

/** What the server or its databases set for a session must not disturb our work. */
const settings = [
  'SET ROLE NONE',
  'SET search_path = pg_catalog',
  'SET statement_timeout = 0',
  'SET lock_timeout = 0',
  'SET default_transaction_read_only = off',
  'SET standard_conforming_strings = on',
].join('; ');

/**
 * Opens a session. The signal ends it. Gives `undefined` when there is no such database. Errors: `LEASE_FAILED`;
 * `LEASE_UNSUPPORTED` when the server asks for a password and the login has none.
 */
export async function openSession(
  service: string,
  login: Login,
  attempt: string,
  signal: AbortSignal,
): Promise<Session | undefined> {
  const { host, port, user, password, database } = login;
  try {
    // No server takes an empty password.
    const known = password === '' ? {} : { password };
    const opened = await openPostgres({ address: { host, port }, user, ...known, database }, signal);
    if (opened.ok) {
      const session = new Session(opened.connection, service);
      await session.run(attempt, settings);
      return session;
    }
    if (opened.failure.code === '3D000') return undefined;
    if (password === '' && opened.failure.code === '28P01') throw passwordUnknown(service, attempt, opened.failure);
    throw refused(service, attempt, opened.failure);
  } catch (error) {
    throw PortsideError.is(error) ? error : unreachable(service, attempt, error);
  }
}
