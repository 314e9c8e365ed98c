import { endpointOfKind, type PostgresEndpoint } from '../../model/index.js';
import type { Slice } from '../isolator.js';
import { keepLease, type LeaseDatabaseOptions, replaceLease } from './lease-database.js';
import { templateName } from './names.js';
import { identifier } from './sql.js';
import { Steps } from './steps.js';

/** A database with a login role of the same name. */
export class PostgresSlice implements Slice {
  readonly id: string;
  readonly service: string;
  readonly isolation = 'database';
  readonly name: string;
  readonly #options: LeaseDatabaseOptions;
  readonly #password: string;
  readonly #remove: () => Promise<void>;
  readonly #steps: Steps;
  #outer: PostgresEndpoint;
  #inner: PostgresEndpoint | undefined;

  /** `remove` removes its databases and its role. */
  constructor(id: string, options: LeaseDatabaseOptions, password: string, remove: () => Promise<void>) {
    this.id = id;
    this.service = options.server.service;
    this.name = options.role.name;
    this.#options = options;
    this.#password = password;
    this.#remove = remove;
    this.#steps = new Steps(id, this.service);
    this.#outer = this.#asSeenBy(options.server.endpoint());
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
    this.#inner = this.#innerNow() ?? this.#inner ?? this.#outer;
    return this.#inner;
  }

  reset(signal: AbortSignal): Promise<void> {
    return this.#steps.run('reset', signal, (attempt) => replaceLease(this.#options, attempt, templateName));
  }

  readonly snapshot = (name: string, signal: AbortSignal): Promise<void> =>
    this.#steps.snapshot(name, signal, async (attempt, kept, older) => {
      await keepLease(this.#options, attempt, `${this.name}_${kept}`);
      if (older === undefined) return;
      const drop = `DROP DATABASE ${identifier(`${this.name}_${older}`)}`;
      await this.#options.server.makers.use((session) => session.run(attempt, drop));
    });

  readonly restore = (name: string, signal: AbortSignal): Promise<void> =>
    this.#steps.restore(name, signal, (attempt, kept) => replaceLease(this.#options, attempt, `${this.name}_${kept}`));

  remove(): Promise<void> {
    return this.#steps.remove(this.#remove);
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
