import {
  openRedis,
  type RedisCommand,
  type RedisConnection,
  RedisFailure,
  type RedisReply,
} from '../../health/index.js';
import { type RedisEndpoint, unlessAborted } from '../../model/index.js';
import { unreachable } from './failure.js';

/** Answers of a server; the first refusal among them is thrown by `accepted`. */
export type Replies = readonly RedisReply[];

interface Current {
  readonly url: string;
  readonly opened: Promise<RedisConnection>;
  connection?: RedisConnection;
}

/** A connection to one server that is opened when it is needed, and again when it was lost or the server has moved. */
export class RedisSession {
  readonly #service: string;
  readonly #endpoint: () => RedisEndpoint;
  readonly #life = new AbortController();
  #current: Current | undefined;

  constructor(service: string, endpoint: () => RedisEndpoint) {
    this.#service = service;
    this.#endpoint = endpoint;
  }

  /**
   * Sends the commands in one piece, so that none of another call comes between them, and gives the answers. Errors: `LEASE_FAILED`
   * when the server cannot be reached; the signal's reason on abort, when the commands may yet be carried out.
   */
  async run(attempt: string, commands: readonly RedisCommand[], signal: AbortSignal): Promise<Replies> {
    signal.throwIfAborted();
    try {
      return await unlessAborted(
        this.#open().then((connection) => connection.send(commands)),
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable(this.#service, attempt, error);
    }
  }

  /** Ends the connection for good. */
  close(): void {
    this.#life.abort(new Error('the environment was stopped'));
  }

  #open(): Promise<RedisConnection> {
    const endpoint = this.#endpoint();
    const known = this.#current;
    if (known?.url === endpoint.url && known.connection?.isOpen !== false) return known.opened;
    known?.connection?.close();
    const current: Current = { url: endpoint.url, opened: openWith(endpoint, this.#life.signal) };
    this.#current = current;
    current.opened.then(
      (connection) => {
        current.connection = connection;
      },
      () => {
        if (this.#current === current) this.#current = undefined;
      },
    );
    return current.opened;
  }
}

/** Opens a connection with the endpoint's own login. */
export function openWith({ host, port, user, password }: RedisEndpoint, signal: AbortSignal): Promise<RedisConnection> {
  const credentials = { ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password }) };
  return openRedis({ host, port, credentials }, signal);
}

/** Gives the first refusal among the answers. */
export function refusalIn(replies: Replies): string | undefined {
  return replies.find((reply) => reply instanceof RedisFailure)?.message;
}
