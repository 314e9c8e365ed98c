import type { Connection } from 'mysql2/promise';
import { type KindAddress, PortsideError } from '../../model/index.js';

/** Rows of a query; what is not text has become text. */
export type Rows = readonly (readonly (string | null)[])[];

/** One session on the server. */
export interface Session {
  /** Runs statements, and gives the rows of one that is alone. */
  run(sql: string): Promise<Rows>;
  close(): void;
}

const connectLimitMs = 10_000;

/** Opens a session; the signal ends it. */
export async function openSession(address: KindAddress, signal: AbortSignal): Promise<Session> {
  const { createConnection } = await loadClient();
  signal.throwIfAborted();
  const { host, port, user = 'root', password = '', database } = address;
  const connection: Connection = await createConnection({
    host,
    port,
    user,
    password,
    ...(database === undefined ? {} : { database }),
    connectTimeout: connectLimitMs,
    multipleStatements: true,
    rowsAsArray: true,
    // Everything as text, so that nothing loses digits.
    typeCast: (field) => field.string('utf8'),
  });
  const close = (): void => {
    signal.removeEventListener('abort', close);
    connection.destroy();
  };
  // One that fails while nobody uses it is found dead by its next user.
  connection.on('error', () => {});
  signal.addEventListener('abort', close);
  if (signal.aborted) close();
  return {
    run: async (sql) => {
      signal.throwIfAborted();
      // The client's error holds the statements, and these may hold a password.
      const query = connection.query(sql).catch((error: Error) => {
        throw new Error(error.message);
      });
      const [rows] = await untilAborted(query, signal);
      return Array.isArray(rows) ? (rows as unknown as Rows) : [];
    },
    close,
  };
}

/** Resolves when the server lets its user in and answers; rejects while it does not. */
export async function answers(address: KindAddress, signal: AbortSignal): Promise<void> {
  const session = await openSession(address, signal);
  try {
    await session.run('SELECT 1');
  } finally {
    session.close();
  }
}

/** A connection that is destroyed leaves its query undecided. */
function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

async function loadClient(): Promise<typeof import('mysql2/promise')> {
  try {
    return await import('mysql2/promise');
  } catch (cause) {
    throw new PortsideError('CLIENT_MISSING', 'Cannot reach a MariaDB server: the package mysql2 is not installed.', {
      hint: 'Run "npm install --save-dev mysql2".',
      cause,
    });
  }
}
