import type { Socket } from 'node:net';
import { connectSocket, type SocketAddress } from '../connect.js';
import { authenticate } from './authenticate.js';
import { MessageStream } from './message-stream.js';
import { message, type PostgresFailure, readFailure, readRow, startupMessage, zeroEnded } from './messages.js';

/** Whom to be in which database of which server. */
export interface PostgresTarget {
  readonly address: SocketAddress;
  readonly user: string;
  readonly password?: string | undefined;
  readonly database: string;
}

/** Rows of every statement of a query, in text form, or what the server said when one failed. */
export type PostgresResult =
  | { readonly ok: true; readonly rows: readonly (readonly (string | null)[])[] }
  | { readonly ok: false; readonly failure: PostgresFailure };

/** An open session, or what the server said when it refused one. */
export type PostgresOpening =
  | { readonly ok: true; readonly connection: PostgresConnection }
  | { readonly ok: false; readonly failure: PostgresFailure };

/** A session with a Postgres server over the simple query protocol; the server answers queries in the order of the calls. */
export class PostgresConnection {
  readonly #socket: Socket;
  readonly #stream: MessageStream;
  #last: Promise<unknown> = Promise.resolve();
  /** What the server reports of itself, for example `server_version`. */
  readonly parameters: ReadonlyMap<string, string>;

  constructor(socket: Socket, stream: MessageStream, parameters: ReadonlyMap<string, string>) {
    this.#socket = socket;
    this.#stream = stream;
    this.parameters = parameters;
  }

  /**
   * Runs one or more statements. `copyData` is what `COPY ... FROM STDIN` reads. Rejects only when the connection ends
   * or its signal aborts.
   */
  query(sql: string, copyData?: string): Promise<PostgresResult> {
    this.#socket.write(message('Q', zeroEnded(sql)));
    return this.#answer(copyData);
  }

  /**
   * Runs several queries one after the other, without waiting for one's answer before the next is sent: each is a transaction of
   * its own, and is run whether the ones before it have failed or not. Rejects as `query` does.
   */
  queries(list: readonly string[]): Promise<PostgresResult[]> {
    this.#socket.write(Buffer.concat(list.map((sql) => message('Q', zeroEnded(sql)))));
    return Promise.all(list.map(() => this.#answer(undefined)));
  }

  /** Ends the session. */
  close(): void {
    this.#socket.end(message('X', Buffer.alloc(0)));
    this.#socket.destroySoon();
  }

  /** Reads one query's answer, after those of the queries before it. */
  #answer(copyData: string | undefined): Promise<PostgresResult> {
    const answer = this.#last.then(() => this.#read(copyData));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #read(copyData: string | undefined): Promise<PostgresResult> {
    const rows: (string | null)[][] = [];
    let failure: PostgresFailure | undefined;
    for (;;) {
      const { type, body } = await this.#stream.next();
      if (type === 'D') rows.push(readRow(body));
      else if (type === 'E') failure ??= readFailure(body);
      else if (type === 'G') this.#sendCopyData(copyData);
      else if (type === 'Z') return failure === undefined ? { ok: true, rows } : { ok: false, failure };
    }
  }

  #sendCopyData(data: string | undefined): void {
    if (data === undefined) {
      this.#socket.write(message('f', zeroEnded('no data was given to copy')));
      return;
    }
    if (data !== '') this.#socket.write(message('d', Buffer.from(data)));
    this.#socket.write(message('c', Buffer.alloc(0)));
  }
}

/**
 * Opens a session. A refusal by the server is a result; rejects with the system's error when no connection could be
 * made or it ended, and with the signal's reason on abort, which also ends an open session.
 */
export async function openPostgres(target: PostgresTarget, signal: AbortSignal): Promise<PostgresOpening> {
  const socket = await connectSocket(target.address, signal);
  const stream = new MessageStream(socket, signal);
  const { user, password, database } = target;
  try {
    socket.write(startupMessage({ user, database, client_encoding: 'UTF8', application_name: 'portside' }));
    const refusal = await authenticate(socket, stream, user, password);
    if (refusal !== undefined) return refuse(socket, refusal);
    const parameters = new Map<string, string>();
    for (;;) {
      const { type, body } = await stream.next();
      if (type === 'E') return refuse(socket, readFailure(body));
      if (type === 'Z') return { ok: true, connection: new PostgresConnection(socket, stream, parameters) };
      if (type === 'S') {
        const [name = '', value = ''] = body.toString('utf8').split('\0');
        parameters.set(name, value);
      }
    }
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function refuse(socket: Socket, failure: PostgresFailure): PostgresOpening {
  socket.destroy();
  return { ok: false, failure };
}
