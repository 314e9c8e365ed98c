import { type RedisConnection, RedisFailure } from '../../health/index.js';
import type { RedisEndpoint } from '../../model/index.js';
import { refused, unreachable } from './failure.js';
import { openWith } from './session.js';

/** Everything that a server held at one moment: its keys of all databases, and its functions. */
export interface Dump {
  readonly bytes: Buffer;
  /** The files in its folder that a server of this configuration begins with: each has the bytes. */
  readonly files: Readonly<Record<string, Buffer>>;
}

/** Reads everything that a server holds. Errors: `LEASE_FAILED`. */
export function readDump(
  service: string,
  attempt: string,
  endpoint: RedisEndpoint,
  signal: AbortSignal,
): Promise<Dump> {
  return onServer(service, attempt, endpoint, signal, (connection) => dumpOf(service, attempt, connection));
}

/** Reads what a service's server holds before anybody leases it; `undefined` when that is nothing. Errors: `LEASE_FAILED`. */
export function readSeed(service: string, endpoint: RedisEndpoint, signal: AbortSignal): Promise<Dump | undefined> {
  const attempt = `read the data of '${service}'`;
  return onServer(service, attempt, endpoint, signal, async (connection) => {
    const [keyspace, functions] = await connection.send([
      ['INFO', 'keyspace'],
      ['FUNCTION', 'LIST'],
    ]);
    const hasKeys = Buffer.isBuffer(keyspace) && /^db\d+:keys=/m.test(keyspace.toString());
    const hasFunctions = Array.isArray(functions) && functions.length > 0;
    return hasKeys || hasFunctions ? dumpOf(service, attempt, connection) : undefined;
  });
}

async function dumpOf(service: string, attempt: string, connection: RedisConnection): Promise<Dump> {
  const replies = await connection.send([
    ['CONFIG', 'GET', 'dbfilename'],
    ['CONFIG', 'GET', 'appendfilename'],
  ]);
  // A server that writes an append-only file begins with that: one that is a dump serves as well.
  const names = ['dump.rdb', 'appendonly.aof'].map((usual, index) => {
    const reply = replies[index];
    return String((Array.isArray(reply) ? reply[1] : undefined) ?? usual);
  });
  const bytes = await connection.dump();
  if (bytes instanceof RedisFailure) throw refused(service, attempt, bytes.message);
  return { bytes, files: Object.fromEntries(names.map((name) => [name, bytes])) };
}

async function onServer<Value>(
  service: string,
  attempt: string,
  endpoint: RedisEndpoint,
  signal: AbortSignal,
  body: (connection: RedisConnection) => Promise<Value>,
): Promise<Value> {
  let connection: RedisConnection | undefined;
  try {
    connection = await openWith(endpoint, signal);
    return await body(connection);
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(service, attempt, error);
  } finally {
    connection?.close();
  }
}
