import { PortsideError, type PostgresEndpoint } from '../../model/index.js';
import type { IsolationHost } from '../isolator.js';
import { prepareListing } from './access.js';
import { preparePassword } from './lease-role.js';
import { prepareLook } from './lease-status.js';
import { type Login, openSession, type Session } from './session.js';
import { SessionPool } from './session-pool.js';

/** Three clones at a time, beside one removal, use up two processors: more are not faster. */
export const creators = 3;

/** The leased service's server as its superuser works on it. */
export class PostgresServer {
  readonly service: string;
  readonly host: IsolationHost;
  /** For statements that take long or wait for others. */
  readonly makers: SessionPool;
  /** For the removal of leases in which nobody is, which is not to keep others from being made. */
  readonly removers: SessionPool;
  /** For short statements; never held while waiting for one of the makers. */
  readonly control: SessionPool;
  readonly #life = new AbortController();

  constructor(host: IsolationHost) {
    this.host = host;
    this.service = host.service.name;
    this.makers = new SessionPool(creators, () => this.#openMaintenance(`${prepareListing}; ${preparePassword}`));
    this.removers = new SessionPool(1, () => this.#openMaintenance(prepareLook));
    this.control = new SessionPool(1, () => this.#openMaintenance());
  }

  /** The service's newest address with its own credentials. Errors: `LEASE_FAILED` when it is down. */
  endpoint(): PostgresEndpoint {
    const endpoint = this.host.endpoint();
    if (endpoint.kind === 'postgres') return endpoint;
    throw new PortsideError('INTERNAL', `Service '${this.service}' of kind '${endpoint.kind}' is no Postgres.`);
  }

  /** Opens a session: by default of the superuser, in the service's own database. Errors: `LEASE_FAILED`. */
  async open(attempt: string, login: Partial<Login>): Promise<Session> {
    const full = { ...this.endpoint(), ...login };
    const session = await openSession(this.service, full, attempt, this.#life.signal);
    if (session === undefined) throw missing(this.service, attempt, full.database);
    return session;
  }

  /** Lends a new session, as `open` gives it, to the body. */
  async within<Value>(
    attempt: string,
    login: Partial<Login>,
    body: (session: Session) => Promise<Value>,
  ): Promise<Value> {
    const session = await this.open(attempt, login);
    try {
      return await body(session);
    } finally {
      session.close();
    }
  }

  close(): void {
    this.makers.close();
    this.removers.close();
    this.control.close();
    this.#life.abort();
  }

  /** The database `postgres` is there for such work; whoever drops it has only the service's own. */
  async #openMaintenance(preparation?: string): Promise<Session> {
    const endpoint = this.endpoint();
    const attempt = `lease service '${this.service}'`;
    for (const database of ['postgres', endpoint.database]) {
      const session = await openSession(this.service, { ...endpoint, database }, attempt, this.#life.signal);
      if (session === undefined) continue;
      if (preparation !== undefined) await session.run(attempt, preparation);
      return session;
    }
    throw missing(this.service, attempt, endpoint.database);
  }
}

function missing(service: string, attempt: string, database: string): PortsideError {
  return new PortsideError('LEASE_FAILED', `Cannot ${attempt}: its database '${database}' does not exist.`, {
    service,
    hint: 'Leases begin as copies of it; set POSTGRES_DB to one that exists.',
  });
}
