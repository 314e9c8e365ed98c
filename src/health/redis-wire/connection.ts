import type { Socket } from 'node:net';
import type { Credentials } from '../../model/index.js';
import { connectSocket } from '../connect.js';
import { type ReadReply, RedisFailure, type RedisReply, readDump, readReply } from './reply.js';

/** Words of a command; numbers are written out. */
export type RedisCommand = readonly (string | number | Buffer)[];

/** Which server, and whom to be there; the database is 0 unless named. */
export interface RedisTarget {
  readonly host: string;
  readonly port: number;
  readonly credentials?: Pick<Credentials, 'user' | 'password'>;
  readonly database?: number;
}

interface Pending {
  readonly read: (bytes: Buffer, start: number) => ReadReply;
  resolve(reply: RedisReply): void;
  reject(error: unknown): void;
}

/** A session with a Redis server; commands may be sent while others wait for their answers. */
export class RedisConnection {
  readonly #socket: Socket;
  readonly #pending: Pending[] = [];
  #chunks: Buffer[] = [];
  #length = 0;
  #missing = 0;
  #error: unknown;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () =>
      this.#fail(Object.assign(new Error('connection closed by the service'), { code: 'ECONNRESET' })),
    );
  }

  /** Whether it can still be used. */
  get isOpen(): boolean {
    return this.#error === undefined;
  }

  /** Sends the commands in one piece and gives their answers, refusals among them. Rejects when the connection ends. */
  send(commands: readonly RedisCommand[]): Promise<RedisReply[]> {
    const replies = commands.map(() => this.#expect(readReply));
    if (this.isOpen) this.#socket.write(Buffer.concat(commands.map(encode)));
    return Promise.all(replies);
  }

  /** Asks for everything that the server holds, as the bytes of a dump file. The connection is of no use afterwards. */
  async dump(): Promise<Buffer | RedisFailure> {
    const reply = this.#expect(readDump);
    this.#socket.write(encode(['SYNC']));
    return (await reply) as Buffer | RedisFailure;
  }

  /** Ends the session. */
  close(reason: unknown = new Error('connection closed')): void {
    this.#fail(reason);
  }

  #expect(read: Pending['read']): Promise<RedisReply> {
    if (!this.isOpen) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => this.#pending.push({ read, resolve, reject }));
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#missing) return;
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    let at = 0;
    this.#missing = 0;
    try {
      while (at < bytes.length) {
        const [first] = this.#pending;
        // Nobody has asked: what a server sends after a dump.
        if (first === undefined) break;
        const result = first.read(bytes, at);
        if ('missing' in result) {
          this.#missing = result.missing - at;
          break;
        }
        this.#pending.shift();
        first.resolve(result.reply);
        at = result.end;
      }
    } catch (error) {
      this.#fail(error);
    }
    const rest = this.#pending.length === 0 ? Buffer.alloc(0) : bytes.subarray(at);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
  }

  #fail(error: unknown): void {
    this.#error ??= error;
    this.#socket.destroy();
    for (const { reject } of this.#pending.splice(0)) reject(this.#error);
  }
}

/**
 * Opens a session; the signal's abort ends it, also later. A refused password or database is thrown as an error with the server's
 * words. Rejects with the system's error when no connection could be made, and with the signal's reason on abort.
 */
export async function openRedis(target: RedisTarget, signal: AbortSignal): Promise<RedisConnection> {
  const { host, port, credentials, database = 0 } = target;
  const socket = await connectSocket({ host, port }, signal);
  const connection = new RedisConnection(socket);
  const onAbort = () => connection.close(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', onAbort));
  const greeting = [...authentication(credentials), ...(database === 0 ? [] : [['SELECT', database]])];
  try {
    for (const reply of await connection.send(greeting))
      if (reply instanceof RedisFailure) throw new Error(reply.message);
    return connection;
  } catch (error) {
    connection.close(error);
    throw error;
  }
}

/** The command by which a session says who it is; none where there is nothing to say. */
export function authentication({ user, password }: RedisTarget['credentials'] = {}): readonly RedisCommand[] {
  return password === undefined ? [] : [['AUTH', ...(user === undefined ? [] : [user]), password]];
}

function encode(words: RedisCommand): Buffer {
  const parts = words.flatMap((word) => {
    const bytes = Buffer.isBuffer(word) ? word : Buffer.from(String(word));
    return [Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')];
  });
  return Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]);
}
