import type { Socket } from 'node:net';
import type { ServerMessage } from './messages.js';

/** Longer messages than this come from no Postgres server that we talk to. */
const maxMessageBytes = 256 * 1024 * 1024;

/** Reads the messages of a server from its socket, one after the other. */
export class MessageStream {
  readonly #socket: Socket;
  readonly #queue: ServerMessage[] = [];
  #chunks: Buffer = Buffer.alloc(0);
  #waiting: { resolve(message: ServerMessage): void; reject(error: unknown): void } | undefined;
  #error: unknown;

  constructor(socket: Socket, signal: AbortSignal) {
    this.#socket = socket;
    const onAbort = () => this.#fail(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => {
      signal.removeEventListener('abort', onAbort);
      this.#fail(Object.assign(new Error('connection closed by the service'), { code: 'ECONNRESET' }));
    });
  }

  /** Gives the next message; rejects when the connection has ended. */
  next(): Promise<ServerMessage> {
    const first = this.#queue.shift();
    if (first !== undefined) return Promise.resolve(first);
    if (this.#error !== undefined) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  #read(chunk: Buffer): void {
    let bytes = this.#chunks.length === 0 ? chunk : Buffer.concat([this.#chunks, chunk]);
    while (bytes.length >= 5) {
      const length = bytes.readUInt32BE(1);
      if (length < 4 || length > maxMessageBytes) {
        this.#fail(new Error('the answer is not a Postgres one'));
        return;
      }
      if (bytes.length < length + 1) break;
      this.#give({ type: bytes.toString('latin1', 0, 1), body: bytes.subarray(5, length + 1) });
      bytes = bytes.subarray(length + 1);
    }
    this.#chunks = bytes;
  }

  #give(message: ServerMessage): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#queue.push(message);
    else waiting.resolve(message);
  }

  #fail(error: unknown): void {
    this.#error ??= error;
    this.#socket.destroy();
    this.#waiting?.reject(this.#error);
    this.#waiting = undefined;
  }
}
