import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { createParser } from 'eventsource-parser';
import { type Frame, PortsideError, type SessionAnswer, type SessionCommand } from '../model/index.js';
import { absent, answerTo } from './connection.js';

/** What happens on the stream of a session; `onEnd` comes once, whoever ended it. */
export interface SessionListener {
  onFrame(frame: Frame): void;
  onEnd(): void;
}

/** A command without its number. */
type Asked<Command = SessionCommand> = Command extends SessionCommand ? Omit<Command, 'number'> : never;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The stream of one session, open until one side ends it: frames come from the agent, commands go to it and are answered there. */
export class SessionStream {
  readonly #socket: string;
  readonly #outgoing: ClientRequest;
  readonly #response: IncomingMessage;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #isUnref = false;

  private constructor(socket: string, outgoing: ClientRequest, response: IncomingMessage, listener: SessionListener) {
    this.#socket = socket;
    this.#outgoing = outgoing;
    this.#response = response;
    const parser = createParser({
      onEvent: ({ data }) => {
        const frame = JSON.parse(data) as Frame | SessionAnswer;
        if (frame.type === 'answer') this.#answered(frame);
        else listener.onFrame(frame);
      },
    });
    response.setEncoding('utf8');
    response.on('data', (text: string) => parser.feed(text));
    response.on('error', () => undefined);
    response.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(this.#lost());
      this.#waiting.clear();
      listener.onEnd();
    });
  }

  /** Opens a session with what a client says of itself. Errors: the agent's own; `ENVIRONMENT_STOPPED` when none answers. */
  static async open(socket: string, client: object, listener: SessionListener): Promise<SessionStream> {
    const headers = { host: 'portside', 'content-type': 'application/x-ndjson' };
    const outgoing = request({ socketPath: socket, method: 'POST', path: '/v1/sessions', agent: false, headers });
    const answer = answerTo(outgoing, socket);
    outgoing.write(`${JSON.stringify(client)}\n`);
    try {
      return new SessionStream(socket, outgoing, await answer, listener);
    } catch (error) {
      outgoing.destroy();
      throw error;
    }
  }

  /**
   * Sends a command and gives the value that it is answered with. When the signal aborts, it is cancelled, and `onLate` is given the
   * value that was on its way already. Errors: the agent's own; `ENVIRONMENT_STOPPED`; the signal's reason.
   */
  async ask<Value>(command: Asked, signal?: AbortSignal, onLate?: (value: Value) => void): Promise<Value> {
    signal?.throwIfAborted();
    if (this.#response.destroyed) throw this.#lost();
    const number = ++this.#last;
    const cancel = (): void => {
      this.#waiting.get(number)?.reject(signal?.reason);
      this.#waiting.set(number, { resolve: (late) => onLate?.(late as Value), reject: () => undefined });
      this.#send({ number, command: 'cancel' });
    };
    // Whoever waits for an answer keeps the process alive.
    if (this.#isUnref) this.#response.socket.ref();
    const answer = new Promise<Value>((resolve, reject) => {
      this.#waiting.set(number, { resolve: resolve as Waiting['resolve'], reject });
    });
    this.#send({ number, ...command } as SessionCommand);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await answer;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Lets the process end although the stream is open, unless somebody waits for an answer. */
  unref(): void {
    this.#isUnref = true;
    if (this.#waiting.size === 0) this.#response.socket.unref();
  }

  /** Ends the session. */
  close(): void {
    this.#response.destroy();
  }

  #send(command: SessionCommand): void {
    this.#outgoing.write(`${JSON.stringify(command)}\n`);
  }

  #answered({ number, value, error }: SessionAnswer): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (this.#isUnref && this.#waiting.size === 0) this.#response.socket.unref();
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(PortsideError.fromJSON(error));
  }

  #lost(): Error {
    return absent(this.#socket, Object.assign(new Error('the stream of the session has ended'), { code: 'EPIPE' }));
  }
}
