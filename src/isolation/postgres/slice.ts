import { endpointOfKind, PortsideError, type PostgresEndpoint } from '../../model/index.js';
import type { Slice } from '../isolator.js';
import { keepLease, type LeaseDatabaseOptions, replaceLease } from './lease-database.js';
import { templateName } from './names.js';
import { identifier } from './sql.js';

/** A database with a login role of the same name. */
export class PostgresSlice implements Slice {
  readonly id: string;
  readonly service: string;
  readonly isolation = 'database';
  readonly name: string;
  readonly #options: LeaseDatabaseOptions;
  readonly #password: string;
  readonly #remove: () => Promise<void>;
  /** The snapshots' databases, by the names that the suite gave them. */
  readonly #snapshots = new Map<string, string>();
  #made = 0;
  #removed: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #outer: PostgresEndpoint;
  #inner: PostgresEndpoint;

  /** `remove` removes its databases and its role. */
  constructor(id: string, options: LeaseDatabaseOptions, password: string, remove: () => Promise<void>) {
    this.id = id;
    this.service = options.server.service;
    this.name = options.role.name;
    this.#options = options;
    this.#password = password;
    this.#remove = remove;
    this.#outer = this.#asSeenBy(options.server.endpoint());
    this.#inner = this.#innerNow() ?? this.#outer;
  }

  /** Follows the server to another port; while it is down, where it was last. */
  get endpoint(): PostgresEndpoint {
    try {
      this.#outer = this.#asSeenBy(this.#options.server.endpoint());
    } catch {
      // It is down.
    }
    return this.#outer;
  }

  get inner(): PostgresEndpoint {
    this.#inner = this.#innerNow() ?? this.#inner;
    return this.#inner;
  }

  reset(signal: AbortSignal): Promise<void> {
    const attempt = this.#attempt('reset');
    return this.#inTurn(attempt, signal, () => replaceLease(this.#options, attempt, templateName));
  }

  readonly snapshot = (name: string, signal: AbortSignal): Promise<void> => {
    const attempt = this.#attempt(`make snapshot '${name}' of`);
    return this.#inTurn(attempt, signal, async () => {
      this.#made += 1;
      const database = `${this.name}_s${this.#made}`;
      await keepLease(this.#options, attempt, database);
      const older = this.#snapshots.get(name);
      this.#snapshots.set(name, database);
      if (older === undefined) return;
      const { makers } = this.#options.server;
      await makers.use((session) => session.run(attempt, `DROP DATABASE IF EXISTS ${identifier(older)}`));
    });
  };

  readonly restore = (name: string, signal: AbortSignal): Promise<void> => {
    const attempt = this.#attempt(`restore snapshot '${name}' of`);
    return this.#inTurn(attempt, signal, async () => {
      const database = this.#snapshots.get(name);
      if (database === undefined) {
        const names = [...this.#snapshots.keys()].map((known) => `'${known}'`).join(', ') || 'none';
        throw new PortsideError('LEASE_FAILED', `Cannot ${attempt}: there is none of that name.`, {
          service: this.service,
          hint: `Make it first with snapshot('${name}'). Snapshots of this lease: ${names}`,
        });
      }
      await replaceLease(this.#options, attempt, database);
    });
  };

  remove(): Promise<void> {
    this.#removed ??= this.#last.then(this.#remove);
    return this.#removed;
  }

  #attempt(verb: string): string {
    return `${verb} lease ${this.id} of service '${this.service}'`;
  }

  /** One thing at a time, in the order of the calls; nothing after the removal. */
  #inTurn(attempt: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    const result = this.#last.then(async () => {
      signal.throwIfAborted();
      if (this.#removed !== undefined) {
        throw new PortsideError('LEASE_UNKNOWN', `Cannot ${attempt}: it was released.`, { service: this.service });
      }
      await work();
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  #innerNow(): PostgresEndpoint | undefined {
    const endpoint = this.#options.server.host.inner()[this.service];
    return endpoint?.kind === 'postgres' ? this.#asSeenBy(endpoint) : undefined;
  }

  #asSeenBy(server: PostgresEndpoint): PostgresEndpoint {
    const credentials = { user: this.name, password: this.#password, database: this.name };
    const base = { ...server, id: `${this.service}-${this.id}` };
    return endpointOfKind('postgres', base, { credentials, protocol: server.protocol }) as PostgresEndpoint;
  }
}
